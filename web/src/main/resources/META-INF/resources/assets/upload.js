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
  let spoken = -1;

  const busy = (on) => {
    send.disabled = on;
    stop.hidden = !on;
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

  const say = (text) => {
    const box = document.createElement('p');
    box.className = 'notice bad';
    box.setAttribute('role', 'alert');
    box.textContent = text;
    wrong.replaceChildren(box);
    box.scrollIntoView({block: 'nearest'});
  };

  // the answer is the page that a browser would have shown; the files stay chosen when something is to be mended
  const answer = (request) => {
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
    } else if (page.querySelector('main')) {
      history.pushState(null, '', request.responseURL);
      window.addEventListener('popstate', () => location.reload());
      document.title = page.title;
      document.body.replaceWith(page.body);
      window.scrollTo(0, 0);
      document.querySelector('main').focus();
    } else {
      busy(false);
      say(form.dataset.failed);
    }
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    spoken = -1;
    wrong.replaceChildren();
    request.upload.addEventListener('progress', (sent) => {
      if (sent.lengthComputable) {
        show(Math.min(100, Math.floor(100 * sent.loaded / sent.total)));
      }
    });
    request.addEventListener('load', () => answer(request));
    request.addEventListener('error', () => { busy(false); say(form.dataset.failed); });
    request.addEventListener('abort', () => { busy(false); say(form.dataset.stopped); });
    stop.onclick = () => request.abort();
    request.open('POST', form.action);
    request.send(new FormData(form));
    busy(true);
    show(0);
  });
})();
