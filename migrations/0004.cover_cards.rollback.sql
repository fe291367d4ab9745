DROP TABLE cover_cards;
