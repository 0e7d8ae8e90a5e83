-- What each day ended with, from the tallies that are kept with each write.

-- One row for each location that was not left. ?1 is the count with which Apple says "without limit".
-- part: numbers
select l.id as location_id,
       cast(coalesce(sum(case when t.state = 'requested' then t.users end), 0) as bigint) as requested,
       cast(coalesce(sum(case when t.state = 'registered' then t.users end), 0) as bigint) as registered,
       cast(coalesce(sum(case when t.state = 'invited' then t.users end), 0) as bigint) as invited,
       cast(coalesce(sum(case when t.state = 'associated' then t.users end), 0) as bigint) as associated,
       (select count(*) from vpp_user v
         where v.location_id = l.id and v.state = 'removed' and v.person_id is not null) as retired,
       (select cast(coalesce(sum(a.total_count), 0) as bigint) from asset a
         where a.location_id = l.id and a.total_count < cast(?1 as bigint)) as licences_total,
       (select cast(coalesce(sum(a.assigned_count), 0) as bigint) from asset a
         where a.location_id = l.id and a.total_count < cast(?1 as bigint)) as licences_assigned
  from location l
  left join vpp_user_tally t on t.location_id = l.id
 where l.left_at is null

-- name: statistics_keep
-- unlimited, day. What is the same already is not written again.
insert into statistic_day (location_id, requested, registered, invited, associated, retired,
                           licences_total, licences_assigned, day)
select n.*, cast(?2 as bigint) from (
{{numbers}}
 group by l.id) n
 where true
on conflict (day, location_id) do update set
  requested = excluded.requested, registered = excluded.registered, invited = excluded.invited,
  associated = excluded.associated, retired = excluded.retired,
  licences_total = excluded.licences_total, licences_assigned = excluded.licences_assigned
 where (statistic_day.requested, statistic_day.registered, statistic_day.invited,
        statistic_day.associated, statistic_day.retired, statistic_day.licences_total,
        statistic_day.licences_assigned)
    <> (excluded.requested, excluded.registered, excluded.invited, excluded.associated,
        excluded.retired, excluded.licences_total, excluded.licences_assigned)

-- A location that was left today is not part of today.
-- name: statistics_drop_left
delete from statistic_day
 where day = ?1 and location_id in (select id from location where left_at is not null)

-- name: statistics_now
-- unlimited, location or null -> the numbers of all together
select cast(coalesce(sum(n.requested), 0) as bigint), cast(coalesce(sum(n.registered), 0) as bigint),
       cast(coalesce(sum(n.invited), 0) as bigint), cast(coalesce(sum(n.associated), 0) as bigint),
       cast(coalesce(sum(n.retired), 0) as bigint), cast(coalesce(sum(n.licences_total), 0) as bigint),
       cast(coalesce(sum(n.licences_assigned), 0) as bigint)
  from (
{{numbers}}
   and (cast(?2 as bigint) is null or l.id = cast(?2 as bigint))
 group by l.id) n

-- name: statistics_days
-- from day, before day, location or null, limit
select day, cast(sum(requested) as bigint), cast(sum(registered) as bigint), cast(sum(invited) as bigint),
       cast(sum(associated) as bigint), cast(sum(retired) as bigint), cast(sum(licences_total) as bigint),
       cast(sum(licences_assigned) as bigint)
  from statistic_day
 where day >= ?1 and day < ?2 and (cast(?3 as bigint) is null or location_id = cast(?3 as bigint))
 group by day
 order by day
 limit cast(?4 as bigint)
