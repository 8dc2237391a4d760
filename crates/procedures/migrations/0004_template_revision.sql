-- `step` counts what can be taken back, and so goes down again; `revision` only grows: what somebody saw is what there is, or not.
ALTER TABLE procedures_template ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
UPDATE procedures_template SET revision = step + 1;

-- What no longer is a draft has nothing to take back.
DELETE FROM procedures_template_step WHERE EXISTS (SELECT 1 FROM procedures_template t
  WHERE t.institution = procedures_template_step.institution AND t.procedure = procedures_template_step.procedure
    AND t.document = procedures_template_step.document AND t.version = procedures_template_step.version
    AND t.state IN ('vigente', 'anterior'));
