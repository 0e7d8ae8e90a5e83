-- The asset and assignment rows, mirrors of Apple's lists.

-- name: assets_put
-- location_id, adam_id, pricing_param, product_type, is_revocable, device_assignable, platforms,
-- four counts, name, seen_at. A name that Apple's list does not hold is kept.
insert into asset (location_id, adam_id, pricing_param, product_type, is_revocable, device_assignable,
                   platforms, available_count, assigned_count, retired_count, total_count, name, seen_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
on conflict (location_id, adam_id, pricing_param) do update
   set product_type = excluded.product_type, is_revocable = excluded.is_revocable,
       device_assignable = excluded.device_assignable, platforms = excluded.platforms,
       available_count = excluded.available_count, assigned_count = excluded.assigned_count,
       retired_count = excluded.retired_count, total_count = excluded.total_count,
       name = coalesce(excluded.name, asset.name), seen_at = excluded.seen_at

-- name: assets_drop_unseen
delete from asset where location_id = ?1 and seen_at < ?2

-- name: assets_list
select id, location_id, adam_id, pricing_param, product_type, is_revocable, device_assignable, platforms,
       available_count, assigned_count, retired_count, total_count, name, seen_at
  from asset where location_id = ?1 and id > ?2
 order by id
 limit cast(?3 as bigint)

-- name: assets_count
select count(*) from asset where location_id = ?1

-- name: assignments_put_user
insert into assignment (location_id, adam_id, pricing_param, client_user_id, serial_number, seen_at)
values (?1, ?2, ?3, ?4, null, ?5)
on conflict (location_id, client_user_id, adam_id, pricing_param) where client_user_id is not null
do update set seen_at = excluded.seen_at

-- name: assignments_put_device
insert into assignment (location_id, adam_id, pricing_param, client_user_id, serial_number, seen_at)
values (?1, ?2, ?3, null, ?4, ?5)
on conflict (location_id, serial_number, adam_id, pricing_param) where serial_number is not null
do update set seen_at = excluded.seen_at

-- name: assignments_drop_unseen
delete from assignment where location_id = ?1 and seen_at < ?2

-- Who holds what, with the names that we have for both.
-- part: held
select s.id, s.location_id, s.adam_id, s.pricing_param, s.client_user_id, s.serial_number, s.seen_at,
       a.name, a.product_type, coalesce(a.is_revocable, 1), coalesce(v.person_id, d.person_id),
       p.display_name
  from assignment s
  left join asset a on a.location_id = s.location_id and a.adam_id = s.adam_id
                   and a.pricing_param = s.pricing_param
  left join vpp_user v on v.location_id = s.location_id and v.client_user_id = s.client_user_id
  left join device d on d.serial_number = s.serial_number
  left join person p on p.id = coalesce(v.person_id, d.person_id) and p.deleted_at is null

-- name: assignments_list
{{held}}
 where s.location_id = ?1 and s.id > ?2
 order by s.id
 limit cast(?3 as bigint)

-- name: assignments_list_of_user
{{held}}
 where s.location_id = ?1 and s.client_user_id = ?4 and s.id > ?2
 order by s.id
 limit cast(?3 as bigint)

-- name: assignments_list_of_device
{{held}}
 where s.location_id = ?1 and s.serial_number = ?4 and s.id > ?2
 order by s.id
 limit cast(?3 as bigint)

-- name: assignments_list_of_asset
{{held}}
 where s.location_id = ?1 and s.adam_id = ?4 and s.pricing_param = ?5 and s.id > ?2
 order by s.id
 limit cast(?3 as bigint)

-- name: assignments_count
select count(*) from assignment
 where location_id = ?1 and (cast(?2 as text) is null or client_user_id = cast(?2 as text))
   and (cast(?3 as text) is null or serial_number = cast(?3 as text))
   and (cast(?4 as text) is null or (adam_id = cast(?4 as text) and pricing_param = cast(?5 as text)))

-- An app has one name in all locations.
-- name: assets_rename
update asset set name = ?2 where adam_id = ?1

-- name: assets_known
select count(*) from asset where adam_id = ?1

-- name: assignments_count_of
-- location_id, client_user_id -> revocable, irrevocable. An asset that we do not know counts as revocable.
select coalesce(sum(case when coalesce(a.is_revocable, 1) = 1 then 1 else 0 end), 0),
       coalesce(sum(case when coalesce(a.is_revocable, 1) = 1 then 0 else 1 end), 0)
  from assignment s
  left join asset a on a.location_id = s.location_id and a.adam_id = s.adam_id
                   and a.pricing_param = s.pricing_param
 where s.location_id = ?1 and s.client_user_id = ?2

-- name: assignments_drop_revocable_of
delete from assignment
 where location_id = ?1 and client_user_id = ?2
   and not exists (select 1 from asset a
                    where a.location_id = assignment.location_id and a.adam_id = assignment.adam_id
                      and a.pricing_param = assignment.pricing_param and a.is_revocable = 0)
