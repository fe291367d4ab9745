DROP TABLE war_events;
DROP TABLE war_sides;
DROP TABLE wars;
