-- name: sessions_insert
insert into session (token_hash, admin_id, created_at, seen_at, expires_at, from_address, confirmed_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?3)

-- name: sessions_by_hash
select s.id, s.admin_id, s.created_at, s.seen_at, s.expires_at, s.from_address, s.confirmed_at, s.token_hash,
       a.name, a.role, a.is_active
  from session s join admin a on a.id = s.admin_id
 where s.token_hash = ?1

-- name: sessions_list
-- Of one admin, the newest first; few, because sign-in keeps the newest only.
select id, admin_id, created_at, seen_at, expires_at, from_address, confirmed_at, token_hash
  from session where admin_id = ?1 order by id desc limit 100

-- name: sessions_set_confirmed
update session set confirmed_at = ?2 where id = ?1

-- name: sessions_delete_id
-- session, its admin
delete from session where id = ?1 and admin_id = ?2

-- name: sessions_delete_others
-- admin, the session that stays
delete from session where admin_id = ?1 and id <> ?2

-- name: sessions_set_seen
update session set seen_at = ?2 where id = ?1

-- name: sessions_delete
delete from session where token_hash = ?1

-- name: sessions_delete_of
delete from session where admin_id = ?1

-- name: sessions_sweep
-- now, idle since
delete from session where expires_at <= ?1 or seen_at < ?2

-- name: sessions_keep_newest
-- admin, how many
delete from session
 where admin_id = ?1
   and id not in (select id from session where admin_id = ?1 order by id desc limit ?2)
