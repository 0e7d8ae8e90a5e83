-- Lists of the portal that were saved under a name.

-- name: views_list
-- admin, page or null. Their own and what others share.
select v.id, v.admin_id, a.name, v.page, v.name, v.query, v.is_shared
  from saved_view v join admin a on a.id = v.admin_id
 where (v.admin_id = ?1 or v.is_shared = 1) and (cast(?2 as text) is null or v.page = cast(?2 as text))
 order by v.page, v.name, v.id
 limit cast(?3 as bigint)

-- name: views_find
select v.id, v.admin_id, a.name, v.page, v.name, v.query, v.is_shared
  from saved_view v join admin a on a.id = v.admin_id
 where v.id = ?1

-- name: views_count_of
select count(*) from saved_view where admin_id = ?1

-- name: views_insert
insert into saved_view (admin_id, page, name, query, is_shared, created_at)
values (?1, ?2, ?3, ?4, ?5, ?6)
on conflict (admin_id, page, name) do nothing
returning id

-- name: views_remove
delete from saved_view where id = ?1
