-- name: admins_insert
-- -> id
insert into admin (name, name_key, email, role, password_hash, is_active, created_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
returning id

-- name: admins_get
select id, name, name_key, email, role, password_hash, is_active, created_at, last_seen_at
  from admin where id = ?1

-- name: admins_by_name_key
select id, name, name_key, email, role, password_hash, is_active, created_at, last_seen_at
  from admin where name_key = ?1

-- name: admins_list
select id, name, name_key, email, role, password_hash, is_active, created_at, last_seen_at
  from admin order by name_key, id limit 1000

-- name: admins_update
-- id, email, role, password_hash, is_active
update admin set email = ?2, role = ?3, password_hash = ?4, is_active = ?5 where id = ?1

-- name: admins_set_seen
update admin set last_seen_at = ?2 where id = ?1

-- name: admins_count_owners
select count(*) from admin where role = 'owner' and is_active = 1

-- name: admins_count
select count(*) from admin
