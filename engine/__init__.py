"""The one-stop engine: dossiers walking through BPMN diagrams under the law's clock. No web framework in here."""
