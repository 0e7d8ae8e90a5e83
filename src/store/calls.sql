-- Queries of calls.c. Column lists are in the order that call_of reads.

-- name: calls_insert
insert into apple_call (location_id, job_id, kind, state, since_version_id, attempts, intended_at, look_at, users)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
returning id

-- name: calls_save
update apple_call set state = ?2, event_id = ?3, attempts = ?4, accepted_at = ?5, look_at = ?6, looks = ?7,
  reason = ?8, finished_at = ?9
where id = ?1

-- name: calls_due
select id, location_id, job_id, kind, state, event_id, since_version_id, attempts, intended_at, accepted_at, look_at,
  looks, reason, finished_at, told_at, users
from apple_call
where location_id = ?1 and state <> 'final' and look_at is not null and look_at <= ?2
order by look_at, id limit ?3

-- name: calls_accepted
select id, location_id, job_id, kind, state, event_id, since_version_id, attempts, intended_at, accepted_at, look_at,
  looks, reason, finished_at, told_at, users
from apple_call
where location_id = ?1 and state <> 'final' and state = 'accepted' and look_at is not null
order by look_at, id limit ?2

-- name: calls_oldest_open
select id, location_id, job_id, kind, state, event_id, since_version_id, attempts, intended_at, accepted_at, look_at,
  looks, reason, finished_at, told_at, users
from apple_call
where location_id = ?1 and state <> 'final'
order by id limit 1

-- How many of the call's open items a read since ?2 has shown, or earlier reads have.
-- name: calls_shown
select count(*) from item i join vpp_user v on v.id = i.vpp_user_id
where i.call_id = ?1 and i.kind = ?3 and i.state in ('accepted', 'unknown')
  and (v.apple_seen_at >= ?2 or v.state = 'removed'
    or (i.kind = 'create' and v.state in ('registered', 'invited', 'associated')))

-- name: calls_next_look
select coalesce(min(look_at), 0) from apple_call
where location_id = ?1 and state <> 'final' and look_at is not null

-- name: calls_look_now
update apple_call set look_at = case when look_at > ?3 then ?3 else look_at end, told_at = coalesce(told_at, ?3)
where location_id = ?1 and event_id = ?2

-- name: calls_recover
update apple_call set state = 'unknown', look_at = ?2, reason = ?3
where location_id = ?1 and state = 'intended'

-- The words about the state that the index "item_work" has are repeated, so that it is used.
-- name: calls_recover_items
update item set state = 'unknown', reason = ?3, updated_at = ?2
where location_id = ?1 and state = 'intended' and state in ('planned', 'intended', 'accepted', 'unknown', 'held')

-- A user whose removal waits for a create in doubt stays "removing": the newer wish stands.
-- name: calls_recover_users
update vpp_user set state = 'checking', updated_at = ?2
where location_id = ?1 and id in (select i.vpp_user_id from item i join vpp_user v on v.id = i.vpp_user_id
  where i.location_id = ?1 and i.state = 'unknown' and i.state in ('planned', 'intended', 'accepted', 'unknown', 'held')
    and ((v.state = 'requested' and i.kind = 'create') or (v.state = 'removing' and i.kind = 'retire')))
