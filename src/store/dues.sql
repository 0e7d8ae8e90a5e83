-- name: dues_newest
select coalesce(max(n.at), 0) from (
  select max(intended_at) as at from apple_call where state <> 'final'
  union all select created_at from job where id = (select max(id) from job)
  union all select at from audit where id = (select max(id) from audit)) as n

-- In all of these ?1 is from when on a time can only be one of before, ?2 how far the clock went back.
-- name: dues_calls
update apple_call set
  intended_at = case when intended_at > ?1 then intended_at - ?2 else intended_at end,
  accepted_at = case when accepted_at > ?1 then accepted_at - ?2 else accepted_at end,
  look_at = case when look_at > ?1 then look_at - ?2 else look_at end
where state <> 'final'

-- name: dues_items
update item set not_before = not_before - ?2 where state = 'planned' and not_before > ?1

-- name: dues_invitations
update invitation set next_at = next_at - ?2 where state = 'waiting' and next_at > ?1

-- name: dues_looks
update vpp_user set
  look_wanted_at = case when look_wanted_at > ?1 then look_wanted_at - ?2 else look_wanted_at end,
  apple_seen_at = case when apple_seen_at > ?1 then apple_seen_at - ?2 else apple_seen_at end
where look_wanted_at > ?1 or apple_seen_at > ?1

-- name: dues_locations
update location set
  wait_until = case when wait_until > ?1 then wait_until - ?2 else wait_until end,
  token_doubt_at = case when token_doubt_at > ?1 then token_doubt_at - ?2 else token_doubt_at end,
  assets_wanted_at = case when assets_wanted_at > ?1 then assets_wanted_at - ?2 else assets_wanted_at end,
  hook_tried_at = case when hook_tried_at > ?1 then hook_tried_at - ?2 else hook_tried_at end
where left_at is null
