SELECT s.account AS budget, s.per, s.cap, s.began, s.ends, c.host, c.username, c.label, c.credits
FROM seen s LEFT JOIN costs c ON c.budget = s.account AND c.per = s.per AND c.credits > 0
ORDER BY s.account, s.per, c.credits DESC, c.host, c.username, c.label
