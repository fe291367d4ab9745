DROP TABLE treaties;
