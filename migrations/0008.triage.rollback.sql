DROP TABLE triage_routes;
DROP TABLE triage_items;
