// Shows how far an upload is. Without this file the form works the same, only silently.
(() => {
  'use strict';
  const form = document.querySelector('form[data-upload]');
  if (!form || !window.XMLHttpRequest || !window.FormData) {
    return;
  }
  const meter = form.querySelector('[data-meter]');
  const bar = meter.querySelector('progress');
  const status = form.querySelector('[data-status]');
  const wrong = form.querySelector('[data-wrong]');
  const send = form.querySelector('[data-send]');
  const stop = form.querySelector('[data-stop]');
  const signedOutStatus = 499;
  const failure = 500;
  const second = 1000;
  let spoken = -1;

  const busy = (on) => {
    send.disabled = on;
    stop.hidden = true;
    meter.hidden = !on;
    form.setAttribute('aria-busy', String(on));
  };

  // screen readers hear every tenth of the way, eyes see all of it
  const show = (percent) => {
    bar.value = percent;
    const step = percent === 100 ? 11 : Math.floor(percent / 10);
    if (step !== spoken) {
      spoken = step;
      status.textContent = percent === 100 ? form.dataset.sealing : form.dataset.progress.replace('%', percent + '%');
    }
  };

  const tell = (box) => {
    busy(false);
    wrong.replaceChildren(box);
    wrong.firstElementChild.scrollIntoView({block: 'nearest'});
  };

  const say = (text) => {
    const box = document.createElement('p');
    box.className = 'notice bad';
    box.setAttribute('role', 'alert');
    box.textContent = text;
    tell(box);
  };

  // a longer text, with a link
  const saySo = (which) => tell(form.querySelector(`template[data-${which}]`).content.cloneNode(true));

  // A browser tells of progress only now and then, so what may have gone out since counts as gone: "nothing was sent" must be true.
  const watch = () => {
    const seen = {at: performance.now(), loaded: 0, fastest: 0, left: 0};
    return {
      moved: (loaded, total) => {
        const now = performance.now();
        seen.fastest = Math.max(seen.fastest, (loaded - seen.loaded) / Math.max(1, now - seen.at));
        Object.assign(seen, {at: now, loaded, left: total - loaded});
      },
      perhapsAllIsSent: () => seen.left <= seen.fastest * second
    };
  };

  // the answer is the page that a browser would have shown; the files stay chosen when something is to be mended
  const answer = (request, sent) => {
    if (request.status === signedOutStatus) {
      saySo('signed-out');
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, 'text/html');
    const mended = page.querySelector('form[data-upload] [data-wrong]');
    if (mended) {
      mended.querySelector('[data-again]')?.remove();
      for (const field of form.querySelectorAll('[name]')) {
        const invalid = page.querySelector(`[name="${field.name}"]`)?.getAttribute('aria-invalid') === 'true';
        invalid ? field.setAttribute('aria-invalid', 'true') : field.removeAttribute('aria-invalid');
      }
      wrong.replaceChildren(...mended.childNodes);
      wrong.querySelector('[role="alert"]')?.scrollIntoView({block: 'nearest'});
      busy(false);
    } else if (request.status < failure && page.querySelector('main')) {
      history.pushState(null, '', request.responseURL);
      window.addEventListener('popstate', () => location.reload());
      document.title = page.title;
      document.body.replaceWith(page.body);
      window.scrollTo(0, 0);
      document.querySelector('main').focus();
    } else {
      sent.perhapsAllIsSent() ? saySo('unsure') : say(form.dataset.failed);
    }
  };

  // a sign-in that has run out is noticed before everything is uploaded in vain, and told from a broken line
  const ask = () => fetch(form.action, {headers: {'X-Requested-With': 'JavaScript'}, cache: 'no-store'});

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (send.disabled) {
      return;
    }
    wrong.replaceChildren();
    if ([...form.querySelector('input[type=file]').files].some((file) => file.size > Number(form.dataset.largest ?? Infinity))) {
      say(form.dataset.tooLarge);
      return;
    }
    busy(true);
    ask().then((allowed) => allowed.status === signedOutStatus ? saySo('signed-out') : upload(), () => say(form.dataset.failed));
  });

  const upload = () => {
    const request = new XMLHttpRequest();
    const sent = watch();
    spoken = -1;
    const broken = () => sent.perhapsAllIsSent() ? saySo('unsure') : say(form.dataset.failed);
    request.upload.addEventListener('progress', (progress) => {
      if (progress.lengthComputable) {
        sent.moved(progress.loaded, progress.total);
        stop.hidden = progress.loaded >= progress.total;
        show(Math.min(100, Math.floor(100 * progress.loaded / progress.total)));
      }
    });
    request.addEventListener('load', () => answer(request, sent));
    request.addEventListener('error', () => ask().then((allowed) =>
      allowed.status === signedOutStatus && !sent.perhapsAllIsSent() ? saySo('signed-out') : broken(), broken));
    request.addEventListener('abort', () => sent.perhapsAllIsSent() ? saySo('unsure') : say(form.dataset.stopped));
    stop.onclick = () => request.abort();
    request.open('POST', form.action);
    request.setRequestHeader('X-Requested-With', 'JavaScript');
    request.send(new FormData(form));
    stop.hidden = false;
    show(0);
  };
})();
