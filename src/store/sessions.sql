-- name: sessions_insert
insert into session (token_hash, admin_id, created_at, seen_at, expires_at, from_address)
values (?1, ?2, ?3, ?4, ?5, ?6)

-- name: sessions_by_hash
select s.id, s.admin_id, s.created_at, s.seen_at, s.expires_at, a.name, a.role, a.is_active
  from session s join admin a on a.id = s.admin_id
 where s.token_hash = ?1

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
