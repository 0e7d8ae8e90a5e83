-- People who match a filter, counted by state and flags: no person's row is looked at.

-- How many people there are of each state, and set of flags, that pass the filter: of those with a live
-- record, and (people_classes_flags) of all, with one or without. No text and no department.
-- name: people_classes_live
select state, is_eligible, is_active, platforms, cast(sum(users) as bigint),
       cast(sum(case when cast(?2 as text) is null or cast(?2 as text) like '%,' || state || ',%'
                       or (is_failed = 1 and cast(?2 as text) like '%,failed,%') then users else 0 end) as bigint)
  from vpp_user_tally
 where location_id = cast(?1 as bigint) and whose = 1
   and (cast(?3 as bigint) is null or is_eligible = cast(?3 as bigint))
   and (cast(?4 as bigint) is null or is_active = cast(?4 as bigint))
   and (cast(?5 as bigint) is null or (platforms & cast(?5 as bigint)) <> 0)
 group by state, is_eligible, is_active, platforms

-- name: people_classes_flags
select is_eligible, is_active, platforms, people from person_tally
 where people > 0
   and (cast(?1 as bigint) is null or is_eligible = cast(?1 as bigint))
   and (cast(?2 as bigint) is null or is_active = cast(?2 as bigint))
   and (cast(?3 as bigint) is null or (platforms & cast(?3 as bigint)) <> 0)

-- People of the location about whom state and flags do not tell all: something is under way, Apple did not
-- list them, or they were sent a message from ?3 on. At most ?2 of each kind; some of them twice.
-- name: people_classes_unsettled
select * from (select person_id from vpp_user
                where location_id = ?1 and is_live = 1 and person_id is not null
                  and state in ('requested', 'removing', 'checking') limit cast(?2 as bigint)) s
union all
select * from (select person_id from vpp_user
                where location_id = ?1 and is_live = 1 and missing_since is not null and person_id is not null
                limit cast(?2 as bigint)) m
union all
select * from (select person_id from item
                where location_id = ?1 and state in ('planned', 'intended', 'accepted', 'unknown', 'held')
                  and person_id is not null limit cast(?2 as bigint)) i
union all
select * from (select person_id from vpp_user
                where location_id = ?1 and is_live = 1 and message_state = 'sent'
                  and message_at >= cast(?3 as bigint) and person_id is not null
                limit cast(?2 as bigint)) r
