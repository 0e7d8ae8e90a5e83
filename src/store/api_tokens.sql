-- name: api_tokens_insert
-- -> id
insert into api_token (name, token_hash, role, created_by, created_at, expires_at)
values (?1, ?2, ?3, ?4, ?5, ?6)
returning id

-- name: api_tokens_get
select id, name, role, created_by, created_at, expires_at, used_at, revoked_at
  from api_token where id = ?1

-- name: api_tokens_by_hash
select id, name, role, created_by, created_at, expires_at, used_at, revoked_at
  from api_token where token_hash = ?1

-- name: api_tokens_list
select id, name, role, created_by, created_at, expires_at, used_at, revoked_at
  from api_token order by id desc limit 1000

-- name: api_tokens_set_used
update api_token set used_at = ?2 where id = ?1

-- name: api_tokens_revoke
update api_token set revoked_at = ?2 where id = ?1 and revoked_at is null
