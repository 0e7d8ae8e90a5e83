-- The location rows. One that was left keeps its row for the history of its jobs and is in no answer.

-- name: locations_insert
insert into location (apple_uid, name, organisation, country, platform, token_box, token_hash,
                      token_expires_at, token_state, token_reason, owner_state, owner_name, owner_since,
                      mdm_info_id, hook_key, hook_state, hook_reason, message_channel, invite_template,
                      created_at, updated_at, hook_url, hook_tried_at, mode)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?20, ?21, ?20, ?22)
returning id

-- name: locations_get
select id, apple_uid, name, organisation, country, platform, token_box, token_hash, token_expires_at,
       token_state, token_reason, owner_state, owner_name, owner_since, mdm_info_id, hook_key, hook_state,
       hook_reason, message_channel, users_version_id, assignments_version_id, assets_version_id,
       invite_template, assets_wanted_at, token_doubt_at, token_doubt, wait_until, wait_reason,
       last_sync_at, created_at, updated_at, hook_url, hook_tried_at, token_warned_days, mode, last_whole_at
  from location where id = ?1 and left_at is null

-- name: locations_by_uid
select id, apple_uid, name, organisation, country, platform, token_box, token_hash, token_expires_at,
       token_state, token_reason, owner_state, owner_name, owner_since, mdm_info_id, hook_key, hook_state,
       hook_reason, message_channel, users_version_id, assignments_version_id, assets_version_id,
       invite_template, assets_wanted_at, token_doubt_at, token_doubt, wait_until, wait_reason,
       last_sync_at, created_at, updated_at, hook_url, hook_tried_at, token_warned_days, mode, last_whole_at
  from location where apple_uid = ?1 and left_at is null

-- name: locations_by_hook_key
select id, apple_uid, name, organisation, country, platform, token_box, token_hash, token_expires_at,
       token_state, token_reason, owner_state, owner_name, owner_since, mdm_info_id, hook_key, hook_state,
       hook_reason, message_channel, users_version_id, assignments_version_id, assets_version_id,
       invite_template, assets_wanted_at, token_doubt_at, token_doubt, wait_until, wait_reason,
       last_sync_at, created_at, updated_at, hook_url, hook_tried_at, token_warned_days, mode, last_whole_at
  from location where hook_key = ?1 and left_at is null

-- name: locations_list
select id, apple_uid, name, organisation, country, platform, token_box, token_hash, token_expires_at,
       token_state, token_reason, owner_state, owner_name, owner_since, mdm_info_id, hook_key, hook_state,
       hook_reason, message_channel, users_version_id, assignments_version_id, assets_version_id,
       invite_template, assets_wanted_at, token_doubt_at, token_doubt, wait_until, wait_reason,
       last_sync_at, created_at, updated_at, hook_url, hook_tried_at, token_warned_days, mode, last_whole_at
  from location where left_at is null
 order by name, id

-- name: locations_set_token
-- A new token is tried before it is written: what was wrong with the old one is over.
update location
   set token_box = ?2, token_hash = ?3, token_expires_at = ?4, organisation = ?5, token_state = 'valid',
       token_reason = null, token_doubt_at = null, token_doubt = null, token_warned_days = null,
       wait_until = null, wait_reason = null, updated_at = ?6
 where id = ?1 and left_at is null

-- name: locations_set_token_state
update location set token_state = ?2, token_reason = ?3, token_doubt_at = null, token_doubt = null,
       updated_at = ?4
 where id = ?1 and left_at is null

-- name: locations_set_token_doubt
update location set token_doubt_at = ?2, token_doubt = ?3 where id = ?1 and left_at is null

-- name: locations_set_expiry
update location set token_expires_at = ?2, token_warned_days = null, updated_at = ?3 where id = ?1 and left_at is null

-- name: locations_set_token_warned
update location set token_warned_days = ?2 where id = ?1 and left_at is null

-- name: locations_set_owner
update location set owner_state = ?2, owner_name = ?3, owner_since = ?4, updated_at = ?5
 where id = ?1 and left_at is null

-- name: locations_set_mode
update location set mode = ?2, updated_at = ?3 where id = ?1 and left_at is null

-- name: locations_set_hook
update location set hook_state = ?2, hook_reason = ?3, hook_url = ?4, hook_tried_at = ?5, updated_at = ?5
 where id = ?1 and left_at is null

-- name: locations_set_channel
update location set message_channel = ?2, updated_at = ?3 where id = ?1 and left_at is null

-- name: locations_set_names
update location set name = ?2, country = ?3, platform = ?4, invite_template = ?5, updated_at = ?6
 where id = ?1 and left_at is null

-- name: locations_set_wait
update location set wait_until = ?2, wait_reason = ?3 where id = ?1 and left_at is null

-- name: locations_set_users_version
update location set users_version_id = ?2 where id = ?1 and left_at is null

-- name: locations_set_assignments_version
update location set assignments_version_id = ?2 where id = ?1 and left_at is null

-- name: locations_set_assets_version
update location set assets_version_id = ?2 where id = ?1 and left_at is null

-- name: locations_set_synced
update location set last_sync_at = ?2 where id = ?1 and left_at is null

-- name: locations_set_whole
update location set last_whole_at = ?2 where id = ?1 and left_at is null

-- name: locations_set_assets_wanted
update location set assets_wanted_at = ?2 where id = ?1 and left_at is null

-- name: locations_assets_read
-- A notice that came meanwhile has a later time, and stays.
update location set assets_wanted_at = null where id = ?1 and assets_wanted_at <= ?2

-- name: locations_count_open_jobs
select count(*) from job where location_id = ?1 and state in ('preparing', 'waiting', 'running')

-- name: locations_count_live_users
select count(*) from vpp_user where location_id = ?1 and is_live = 1

-- name: locations_leave
-- The token goes, the row stays.
update location
   set left_at = ?2, updated_at = ?2, token_box = '', token_hash = '', hook_state = 'off', hook_reason = null
 where id = ?1 and left_at is null

-- name: locations_leave_users
update vpp_user set is_live = 0, invite_code_box = null, look_wanted_at = null, updated_at = ?2
 where location_id = ?1 and is_live = 1

-- name: locations_leave_messages
update invitation set state = 'replaced', next_at = null, reason = 'The location was forgotten here.'
 where state in ('waiting', 'sending')
   and vpp_user_id in (select id from vpp_user where location_id = ?1)

-- name: locations_leave_schedule
delete from schedule where location_id = ?1

-- name: locations_leave_assets
delete from asset where location_id = ?1

-- name: locations_leave_asset_days
delete from asset_day where location_id = ?1

-- name: locations_leave_assignments
delete from assignment where location_id = ?1
