-- name: settings_get
-- value
select value from setting where name = ?1

-- name: settings_put
-- name, value, now. A value that is the same is not written again.
insert into setting (name, value, updated_at) values (?1, ?2, ?3)
on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at
 where setting.value is distinct from excluded.value

-- name: settings_changed_at
-- of the names from ?1 up to, and without, ?2
select coalesce(max(updated_at), 0) from setting where name >= ?1 and name < ?2

-- name: settings_remove
delete from setting where name = ?1
