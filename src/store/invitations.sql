-- Queries of invitations.c. Column lists are in the order that invitation_of reads. The words about
-- the state that the index "invitation_due" has are repeated, so that it is used.

-- name: invitations_insert
insert into invitation (vpp_user_id, item_id, channel, fallback, state, recipient, message_id, language,
  attempts, doubts, next_at, reason, created_at, sent_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
returning id

-- name: invitations_find
select id, vpp_user_id, item_id, channel, fallback, state, recipient, message_id, language, attempts, doubts,
  next_at, reason, created_at, sent_at
from invitation where id = ?1

-- name: invitations_save
update invitation set state = ?2, recipient = ?3, attempts = ?4, doubts = ?5, next_at = ?6, reason = ?7,
  sent_at = ?8
where id = ?1

-- name: invitations_due
select id, vpp_user_id, item_id, channel, fallback, state, recipient, message_id, language, attempts, doubts,
  next_at, reason, created_at, sent_at
from invitation
where state in ('waiting', 'sending') and state = 'waiting' and next_at <= ?1
order by next_at, id limit ?2

-- name: invitations_next_at
select coalesce(min(next_at), 0) from invitation where state in ('waiting', 'sending') and state = 'waiting'

-- What was being sent when the process ended.
-- name: invitations_broken_off
select id, vpp_user_id, item_id, channel, fallback, state, recipient, message_id, language, attempts, doubts,
  next_at, reason, created_at, sent_at
from invitation
where state in ('waiting', 'sending') and state = 'sending' order by id limit ?1

-- name: invitations_waiting_of
select id, vpp_user_id, item_id, channel, fallback, state, recipient, message_id, language, attempts, doubts,
  next_at, reason, created_at, sent_at
from invitation
where vpp_user_id = ?1 and state = 'waiting' order by id limit ?2

-- name: invitations_replace
update invitation set state = 'replaced', next_at = null, reason = ?2
where vpp_user_id = ?1 and state = 'waiting'

-- name: invitations_last_sent
select id, vpp_user_id, item_id, channel, fallback, state, recipient, message_id, language, attempts, doubts,
  next_at, reason, created_at, sent_at
from invitation
where vpp_user_id = ?1 and state = 'sent' order by id desc limit 1

-- A channel that is out of order: all that waits for it is put off. What may take another channel is
-- looked at again when the time for that has come (?4 after it was asked for).
-- name: invitations_postpone
update invitation
set reason = ?3,
  next_at = case
    when fallback is not null and created_at + ?4 < ?2 then max(next_at, created_at + ?4)
    else max(next_at, ?2) end
where state in ('waiting', 'sending') and state = 'waiting' and channel = ?1
-- postgres:
update invitation
set reason = ?3,
  next_at = case
    when fallback is not null and created_at + cast(?4 as bigint) < cast(?2 as bigint)
    then greatest(next_at, created_at + cast(?4 as bigint))
    else greatest(next_at, cast(?2 as bigint)) end
where state in ('waiting', 'sending') and state = 'waiting' and channel = ?1

-- name: invitations_postpone_people
update vpp_user set message_state = 'not_sent', message_reason = ?2, message_at = ?3, updated_at = ?3
where id in (select vpp_user_id from invitation
    where state in ('waiting', 'sending') and state = 'waiting' and channel = ?1)
  and (message_state <> 'not_sent' or message_reason is distinct from ?2)
-- postgres:
update vpp_user set message_state = 'not_sent', message_reason = cast(?2 as text), message_at = ?3, updated_at = ?3
where id in (select vpp_user_id from invitation
    where state in ('waiting', 'sending') and state = 'waiting' and channel = ?1)
  and (message_state <> 'not_sent' or message_reason is distinct from cast(?2 as text))

-- name: invitations_postpone_items
update item set reason = ?2, updated_at = ?3
where id in (select item_id from invitation
    where state in ('waiting', 'sending') and state = 'waiting' and channel = ?1)
  and state in ('planned', 'intended', 'accepted', 'unknown', 'held')
  and reason is distinct from ?2
-- postgres:
update item set reason = cast(?2 as text), updated_at = ?3
where id in (select item_id from invitation
    where state in ('waiting', 'sending') and state = 'waiting' and channel = ?1)
  and state in ('planned', 'intended', 'accepted', 'unknown', 'held')
  and reason is distinct from cast(?2 as text)

-- The channel was set up anew: what waits for it is tried at once.
-- name: invitations_hurry
update invitation set next_at = ?2
where state in ('waiting', 'sending') and state = 'waiting' and channel = ?1 and next_at > ?2
  and (?3 is null or reason = ?3)
-- postgres:
update invitation set next_at = cast(?2 as bigint)
where state in ('waiting', 'sending') and state = 'waiting' and channel = ?1 and next_at > cast(?2 as bigint)
  and (cast(?3 as text) is null or reason = cast(?3 as text))

-- Of each job with messages that were put off: the one that is tried next, and why it waits.
-- name: invitations_job_waits
select w.job_id, w.reason, w.next_at
from (select i.job_id, n.reason, n.next_at,
    row_number() over (partition by i.job_id order by n.next_at, n.id) as place
  from invitation n join item i on i.id = n.item_id
  where n.state in ('waiting', 'sending') and n.state = 'waiting' and n.reason is not null) w
where w.place = 1 and w.job_id > ?1 order by w.job_id limit ?2

-- name: invitations_list
select n.id, n.vpp_user_id, n.item_id, n.channel, n.fallback, n.state, n.recipient, n.message_id, n.language,
  n.attempts, n.doubts, n.next_at, n.reason, n.created_at, n.sent_at, v.person_id, p.display_name
from invitation n join vpp_user v on v.id = n.vpp_user_id left join person p on p.id = v.person_id
where n.id < ?1
  and (cast(?5 as bigint) is null or n.vpp_user_id in (select id from vpp_user where person_id = cast(?5 as bigint)))
  and (cast(?6 as bigint) is null or n.created_at >= cast(?6 as bigint))
  and (cast(?2 as text) is null or n.state = cast(?2 as text))
  and (cast(?3 as text) is null or n.channel = cast(?3 as text))
order by n.id desc limit ?4
