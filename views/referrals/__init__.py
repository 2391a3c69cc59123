"""线索移送: a page only for heads and for those who may see at least one referral."""
