-- Licences day by day, as whole readings found them.

-- name: asset_days_keep
-- location, day. What is as it was in the row before is not written again.
insert into asset_day (location_id, adam_id, pricing_param, day, total_count, assigned_count, available_count)
select a.location_id, a.adam_id, a.pricing_param, cast(?2 as bigint), coalesce(a.total_count, 0),
       coalesce(a.assigned_count, 0), coalesce(a.available_count, 0)
  from asset a
 where a.location_id = ?1
   and not exists (select 1 from asset_day d
                    where d.location_id = a.location_id and d.adam_id = a.adam_id and d.pricing_param = a.pricing_param
                      and d.total_count = coalesce(a.total_count, 0) and d.assigned_count = coalesce(a.assigned_count, 0)
                      and d.available_count = coalesce(a.available_count, 0)
                      and d.day = (select max(e.day) from asset_day e
                                    where e.location_id = a.location_id and e.adam_id = a.adam_id
                                      and e.pricing_param = a.pricing_param))
on conflict (location_id, adam_id, pricing_param, day) do update set
  total_count = excluded.total_count, assigned_count = excluded.assigned_count,
  available_count = excluded.available_count

-- name: asset_days_drop_old
-- location, day: what was before it goes, but for the last row of an asset that is there, from which the days after
-- it go on
delete from asset_day as d
 where d.location_id = ?1 and d.day < ?2
   and (exists (select 1 from asset_day n
                 where n.location_id = d.location_id and n.adam_id = d.adam_id and n.pricing_param = d.pricing_param
                   and n.day > d.day and n.day <= ?2)
        or not exists (select 1 from asset a
                        where a.location_id = d.location_id and a.adam_id = d.adam_id
                          and a.pricing_param = d.pricing_param))

-- name: asset_days_list
-- location, number, pricing, from day, limit: oldest first, beginning with the row that held on the first day
select day, total_count, assigned_count, available_count
  from asset_day
 where location_id = ?1 and adam_id = ?2 and pricing_param = ?3
   and day >= coalesce((select max(b.day) from asset_day b
                         where b.location_id = ?1 and b.adam_id = ?2 and b.pricing_param = ?3 and b.day <= ?4), 0)
 order by day
 limit cast(?5 as bigint)
