DROP TABLE quarantined_rows;
