-- What counts, corrections applied (Art. 25): the rating itself stays as it came. Everything that counts reads these two and
-- not the tables. A rating that was left out stands for nothing, and neither does its case: it is neither rated nor asked for.

CREATE VIEW pd.counted_rating WITH (security_invoker = true) AS
    SELECT r.id, r.area_code, r.case_number, r.target, r.service_number, r.rating_number, r.agency_id, r.item_id, r.platform, r.hall_id,
           r.counter_id, r.staff_id, coalesce(k.level::smallint, r.level) AS level, r.is_default AND k.level IS NULL AS is_default,
           r.labels, r.reason, r.rated_at, r.ticket_id, r.batch_id, k.level IS NOT NULL AS corrected
    FROM pd.rating r LEFT JOIN pd.correction k ON k.rating_id = r.id
    WHERE k.effect IS DISTINCT FROM 'exclude';

CREATE VIEW pd.counted_case WITH (security_invoker = true) AS
    SELECT c.* FROM pd.service_case c
    WHERE NOT EXISTS (SELECT FROM pd.correction k WHERE k.effect = 'exclude' AND k.case_number = c.case_number AND k.area_code = c.area_code
                                                    AND k.target = 'item' AND k.rating_number = 1);

GRANT SELECT ON pd.counted_rating, pd.counted_case TO pd_officer, pd_liaison;
