"""From BPMN and DMN files to executable specifications, in stages: XML, model, checks, specifications."""
