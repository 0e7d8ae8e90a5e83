-- How the portal looks for an admin: one row each, once they chose something.

-- name: preferences_get
select language, theme, single_keys, page_size, density, user_columns, dismissed
  from preference where admin_id = ?1

-- name: preferences_put
insert into preference (admin_id, language, theme, single_keys, page_size, density, user_columns,
                        dismissed, updated_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
on conflict (admin_id) do update set
  language = excluded.language, theme = excluded.theme, single_keys = excluded.single_keys,
  page_size = excluded.page_size, density = excluded.density, user_columns = excluded.user_columns,
  dismissed = excluded.dismissed, updated_at = excluded.updated_at
