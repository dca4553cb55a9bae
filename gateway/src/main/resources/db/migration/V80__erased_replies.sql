-- What was said of a delivery's copies goes when its files are shredded. Of those shredded so far, reports that waited and the next hop's words had stayed.
update outbox o set
    last_reply = case when last_reply is not null
        then concat_ws(' ', substring(last_reply from '^([2-5][0-9][0-9]( [245][.][0-9]{1,3}[.][0-9]{1,3})?)( |$)'), 'text erased') end,
    detail = case when o.state in ('DUE', 'CLAIMED', 'PAUSED') then detail || jsonb_build_object('reply',
        concat_ws(' ', substring(detail ->> 'reply' from '^([2-5][0-9][0-9]( [245][.][0-9]{1,3}[.][0-9]{1,3})?)( |$)'), 'text erased'), 'saidByRemote', 'false') end
from delivery d
where d.id = o.delivery_id and d.access = 'SHREDDED' and (o.last_reply is not null or o.detail is not null);
