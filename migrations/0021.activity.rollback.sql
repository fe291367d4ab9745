DROP TABLE inactivity_items;
DROP TABLE leaves;
DROP TABLE activity;
