-- Queries of calls.c. Column lists are in the order that call_of reads.

-- name: calls_insert
insert into apple_call (location_id, job_id, kind, state, since_version_id, attempts, intended_at, look_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
returning id

-- name: calls_save
update apple_call set state = ?2, event_id = ?3, attempts = ?4, accepted_at = ?5, look_at = ?6, looks = ?7,
  reason = ?8, finished_at = ?9
where id = ?1

-- name: calls_due
select id, location_id, job_id, kind, state, event_id, since_version_id, attempts, intended_at, accepted_at, look_at,
  looks, reason, finished_at
from apple_call
where location_id = ?1 and state <> 'final' and look_at is not null and look_at <= ?2
order by look_at, id limit ?3

-- name: calls_next_look
select coalesce(min(look_at), 0) from apple_call
where location_id = ?1 and state <> 'final' and look_at is not null

-- name: calls_look_now
update apple_call set look_at = ?3
where location_id = ?1 and event_id = ?2 and state in ('accepted', 'complete') and look_at > ?3

-- name: calls_recover
update apple_call set state = 'unknown', look_at = ?2, reason = ?3
where location_id = ?1 and state = 'intended'

-- name: calls_recover_items
update item set state = 'unknown', reason = ?3, updated_at = ?2
where location_id = ?1 and state = 'intended'

-- A user whose removal waits for a create in doubt stays "removing": the newer wish stands.
-- name: calls_recover_users
update vpp_user set state = 'checking', updated_at = ?2
where location_id = ?1 and state in ('requested', 'removing')
  and id in (select vpp_user_id from item where location_id = ?1 and item.state = 'unknown'
    and item.kind = case when vpp_user.state = 'requested' then 'create' else 'retire' end)
