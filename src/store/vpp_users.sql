-- Queries of vpp_users.c. Column lists are in the order that vpp_user_of reads.

-- name: vpp_users_insert
insert into vpp_user (location_id, person_id, client_user_id, is_live, state, apple_status, apple_email,
  apple_seen_at, id_hash, invite_code_box, message_state, message_channel, message_reason, message_at,
  failed_number, failed_reason, missing_since, requested_at, registered_at, associated_at, removed_at,
  look_wanted_at, updated_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)
returning id

-- name: vpp_users_save
update vpp_user set person_id = ?2, is_live = ?3, state = ?4, apple_status = ?5, apple_email = ?6,
  apple_seen_at = ?7, id_hash = ?8, invite_code_box = ?9, message_state = ?10, message_channel = ?11,
  message_reason = ?12, message_at = ?13, failed_number = ?14, failed_reason = ?15, missing_since = ?16,
  requested_at = ?17, registered_at = ?18, associated_at = ?19, removed_at = ?20, look_wanted_at = ?21,
  updated_at = ?22
where id = ?1

-- name: vpp_users_find
select id, location_id, person_id, client_user_id, is_live, state, apple_status, apple_email, apple_seen_at,
  id_hash, invite_code_box, message_state, message_channel, message_reason, message_at, failed_number,
  failed_reason, missing_since, requested_at, registered_at, associated_at, removed_at, look_wanted_at
from vpp_user where id = ?1

-- Where a person has a live record.
-- name: vpp_users_places
select v.location_id from vpp_user v join location l on l.id = v.location_id
where v.person_id = ?1 and v.is_live = 1 and l.left_at is null order by v.location_id limit ?2

-- name: vpp_users_find_live
select id, location_id, person_id, client_user_id, is_live, state, apple_status, apple_email, apple_seen_at,
  id_hash, invite_code_box, message_state, message_channel, message_reason, message_at, failed_number,
  failed_reason, missing_since, requested_at, registered_at, associated_at, removed_at, look_wanted_at
from vpp_user where location_id = ?1 and person_id = ?2 and is_live = 1

-- name: vpp_users_find_client
select id, location_id, person_id, client_user_id, is_live, state, apple_status, apple_email, apple_seen_at,
  id_hash, invite_code_box, message_state, message_channel, message_reason, message_at, failed_number,
  failed_reason, missing_since, requested_at, registered_at, associated_at, removed_at, look_wanted_at
from vpp_user where location_id = ?1 and client_user_id = ?2

-- name: vpp_users_due_looks
select id, location_id, person_id, client_user_id, is_live, state, apple_status, apple_email, apple_seen_at,
  id_hash, invite_code_box, message_state, message_channel, message_reason, message_at, failed_number,
  failed_reason, missing_since, requested_at, registered_at, associated_at, removed_at, look_wanted_at
from vpp_user where location_id = ?1 and look_wanted_at is not null and look_wanted_at <= ?2
order by look_wanted_at, id limit ?3

-- name: vpp_users_unlike
select id, location_id, person_id, client_user_id, is_live, state, apple_status, apple_email, apple_seen_at,
  id_hash, invite_code_box, message_state, message_channel, message_reason, message_at, failed_number,
  failed_reason, missing_since, requested_at, registered_at, associated_at, removed_at, look_wanted_at
from vpp_user where location_id = ?1 and is_unlike = 1 and id > ?2 order by id limit ?3

-- name: vpp_users_set_message
update vpp_user set message_state = ?2, message_channel = ?3, message_reason = ?4, message_at = ?5,
  updated_at = ?6,
  state = case when ?2 = 'sent' and state = 'registered' then 'invited' else state end
where id = ?1
-- postgres:
update vpp_user set message_state = cast(?2 as text), message_channel = ?3, message_reason = ?4, message_at = ?5,
  updated_at = ?6,
  state = case when cast(?2 as text) = 'sent' and state = 'registered' then 'invited' else state end
where id = ?1

-- What our own call is about is read back with the call.
-- name: vpp_users_ask_look
update vpp_user set look_wanted_at = cast(?3 as bigint)
where location_id = ?1 and client_user_id = ?2 and state not in ('requested', 'removing', 'checking')

-- name: vpp_users_next_look
select coalesce(min(look_wanted_at), 0) from vpp_user where location_id = ?1 and look_wanted_at is not null

-- name: vpp_users_looked
update vpp_user set look_wanted_at = null
where location_id = ?1 and look_wanted_at is not null and look_wanted_at <= ?2

-- name: vpp_users_looked_at
update vpp_user set look_wanted_at = null where id = ?1 and look_wanted_at <= ?2

-- name: vpp_users_sweep
update vpp_user set look_wanted_at = ?3
where id in (select id from vpp_user
  where location_id = ?1 and is_live = 1 and look_wanted_at is null
    and state in ('registered', 'invited', 'removing', 'checking')
    and coalesce(apple_seen_at, 0) < ?2
  limit ?4)

-- name: vpp_users_count_of_people
select cast(coalesce(sum(users), 0) as bigint) from vpp_user_tally where location_id = ?1 and whose > 0

-- name: vpp_users_count_states
select state, cast(sum(users) as bigint) from vpp_user_tally where location_id = ?1 group by state

-- People who carry the mark now, by Apple's number, in the locations that are connected.
-- name: vpp_users_count_failed
select failed_number, count(distinct person_id) from vpp_user
where is_live = 1 and failed_number is not null and failed_number > 0 and person_id is not null
group by failed_number order by failed_number limit ?1

-- Another person's live record with the same Apple Account.
-- name: vpp_users_of_account
select id, location_id, person_id, client_user_id, is_live, state, apple_status, apple_email, apple_seen_at,
  id_hash, invite_code_box, message_state, message_channel, message_reason, message_at, failed_number,
  failed_reason, missing_since, requested_at, registered_at, associated_at, removed_at, look_wanted_at
from vpp_user
where location_id = ?1 and id_hash = ?2 and id_hash is not null and is_live = 1 and id <> ?3 order by id limit 1

-- A record with all that a sync judges it by: its person's wish, and whether work of ours is open for it.
-- part: facts
select v.id, v.location_id, v.person_id, v.client_user_id, v.is_live, v.state, v.apple_status, v.apple_email,
  v.apple_seen_at, v.id_hash, v.invite_code_box, v.message_state, v.message_channel, v.message_reason,
  v.message_at, v.failed_number, v.failed_reason, v.missing_since, v.requested_at, v.registered_at,
  v.associated_at, v.removed_at, v.look_wanted_at,
  p.id, p.is_active, p.deleted_at, p.email,
  case when exists (select 1 from item i where i.vpp_user_id = v.id
    and i.state in ('planned', 'intended', 'accepted', 'unknown', 'held')) then 1 else 0 end,
  v.found_job_id
from vpp_user v left join person p on p.id = v.person_id

-- name: vpp_users_facts
{{facts}}
where v.location_id = ?1 and v.client_user_id > ?2 order by v.client_user_id limit ?3

-- name: vpp_users_facts_until
{{facts}}
where v.location_id = ?1 and v.client_user_id > ?2 and v.client_user_id <= ?3 order by v.client_user_id limit ?4

-- name: vpp_users_facts_of
{{facts}}
where v.location_id = ?1 and v.client_user_id in (select value from json_each(?2)) order by v.client_user_id
-- postgres:
{{facts}}
where v.location_id = ?1 and v.client_user_id in (select json_array_elements_text(cast(?2 as json)))
order by v.client_user_id

-- part: strangers
insert into vpp_user (location_id, client_user_id, is_live, state, apple_status, apple_email, apple_seen_at,
  id_hash, registered_at, associated_at, found_job_id, updated_at)
select cast(?1 as bigint), column1, 0, case column2 when 'Associated' then 'associated' else 'registered' end,
  column2, column3, cast(?2 as bigint), column4, cast(?2 as bigint),
  case column2 when 'Associated' then cast(?2 as bigint) end, cast(?3 as bigint), cast(?2 as bigint)

-- location, now, job; then clientUserId, status, e-mail, idHash of each. Several at once cost half.
-- name: vpp_users_insert_strangers
{{strangers}}
from (values (cast(?4 as text), cast(?5 as text), cast(?6 as text), cast(?7 as text)), (cast(?8 as text), cast(?9 as
  text), cast(?10 as text), cast(?11 as text)), (cast(?12 as text), cast(?13 as text), cast(?14 as text), cast(?15
  as text)), (cast(?16 as text), cast(?17 as text), cast(?18 as text), cast(?19 as text)), (cast(?20 as text),
  cast(?21 as text), cast(?22 as text), cast(?23 as text)), (cast(?24 as text), cast(?25 as text), cast(?26 as
  text), cast(?27 as text)), (cast(?28 as text), cast(?29 as text), cast(?30 as text), cast(?31 as text)), (cast(?32
  as text), cast(?33 as text), cast(?34 as text), cast(?35 as text))) v

-- name: vpp_users_insert_stranger
{{strangers}}
from (values (cast(?4 as text), cast(?5 as text), cast(?6 as text), cast(?7 as text))) v

-- Is one of the strangers that a sync found still at Apple?
-- name: vpp_users_any_stranger
select count(*) from (select 1 from vpp_user
  where found_job_id = ?1 and person_id is null and state <> 'removed' limit 1) s
