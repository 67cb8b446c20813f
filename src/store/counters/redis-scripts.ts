/**
 * What the server does in one step. Every script takes one JSON argument and answers whole numbers; times are
 * microseconds of the server's own clock, so that nodes need not agree on theirs. Keys are made from what the argument
 * names: this is for one server (and its replicas), not for a Redis Cluster.
 */

/** Before the name of a node that lives. */
const NODE = "weir:node:";

const COMMON = `
local a = cjson.decode(ARGV[1])
local now = a.t
if now == 0 then
  local t = redis.call('TIME')
  now = t[1] * 1000000 + t[2]
end
local function int(n) return string.format('%.0f', n + 0 == 0 and 0 or n) end
local function num(v) return tonumber(v or '0') end
local function keep(key, us)
  redis.call('PEXPIRE', key, int(us / 1000 + 1000))
end
-- holds of processes that are gone end by themselves; gives what is still held
local function held(key)
  local r = num(redis.call('HGET', key, 'r'))
  local gone = redis.call('ZRANGEBYSCORE', key .. ':holds', '-inf', int(now))
  if #gone > 0 then
    for _, member in ipairs(gone) do r = r - num(string.match(member, '(%d+)$')) end
    redis.call('ZREMRANGEBYSCORE', key .. ':holds', '-inf', int(now))
    redis.call('HSET', key, 'r', int(r))
  end
  return r
end
local function hold(key, amount)
  redis.call('HINCRBY', key, 'r', int(amount))
  redis.call('ZADD', key .. ':holds', int(now + a.hold), a.id .. ' ' .. int(amount))
end
-- whether there was such a hold
local function let_go(key, amount)
  held(key)
  if redis.call('ZREM', key .. ':holds', a.id .. ' ' .. int(amount)) == 0 then return false end
  redis.call('HINCRBY', key, 'r', int(-amount))
  return true
end
-- the same sliding window as src/lib/sliding-window.ts: entry i is "begun grown amount", a is the first, z behind the last
local function entry(m, i)
  local begun, grown, amount = string.match(redis.call('HGET', m.k, int(i)), '^(%d+) (%d+) (%d+)$')
  return num(begun), num(grown), num(amount)
end
local function window(m)
  local f = redis.call('HMGET', m.k, 'a', 'z', 'u')
  local w = { first = num(f[1]), after = num(f[2]), used = num(f[3]) }
  local from = w.first
  while w.first < w.after do
    local _, grown, amount = entry(m, w.first)
    if now - grown < m.w then break end
    redis.call('HDEL', m.k, int(w.first))
    w.used = w.used - amount
    w.first = w.first + 1
  end
  if w.first ~= from then redis.call('HSET', m.k, 'a', int(w.first), 'u', int(w.used)) end
  return w
end
local function add(m, w, amount)
  if amount <= 0 then return end
  w.used = w.used + amount
  local at, begun, value = w.after, now, amount
  if w.after > w.first then
    local b, _, before = entry(m, w.after - 1)
    if now - b <= m.p then at, begun, value = w.after - 1, b, before + amount end
  end
  w.after = at + 1
  redis.call('HSET', m.k, int(at), int(begun) .. ' ' .. int(now) .. ' ' .. int(value),
    'a', int(w.first), 'z', int(w.after), 'u', int(w.used))
end
local function month_of(day)
  local z = day + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local mp = math.floor((5 * doy + 2) / 153)
  local month = mp < 10 and mp + 3 or mp - 9
  local year = yoe + era * 400
  if month <= 2 then year = year + 1 end
  return year * 12 + month - 1
end
local day = math.floor(now / 86400000000)
local function balance(key)
  local f = redis.call('HMGET', key, 'day', 'month', 'today', 'total')
  local b = { today = num(f[3]), total = num(f[4]), held = held(key) }
  if num(f[1]) ~= day then b.today = 0 end
  if num(f[2]) ~= month_of(day) then b.total = 0 end
  return b
end
local function spend(key, amount)
  local b = balance(key)
  redis.call('HSET', key, 'day', int(day), 'month', int(month_of(day)),
    'today', int(b.today + amount), 'total', int(b.total + amount))
end
local DAYS_40 = 3456000000000
`;

/** Says that a node lives: its places are its own until it has been silent for the lease, by the server's clock. */
const BEAT = `
local a = cjson.decode(ARGV[1])
redis.call('SET', '${NODE}' .. a.node, '1', 'PX', a.lease)
return { 0 }
`;

/** Takes everything or nothing: 0 taken, 1 a rate is full, 2 no place is free, 3 a budget has too little left. */
const CLAIM = `${COMMON}
-- of places that are all taken, those of nodes that no longer say that they live; looked for once a second at the most
local function free_gone(key)
  if not redis.call('SET', key .. ':swept', '1', 'NX', 'PX', '1000') then return end
  local lives = { [string.match(a.id, '^%w+')] = true }
  for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
    local node = string.match(member, '^(%w+):')
    if node and lives[node] == nil then lives[node] = redis.call('EXISTS', '${NODE}' .. node) == 1 end
    if node and not lives[node] then redis.call('ZREM', key, member) end
  end
end
local verdict = 0
local windows, reserved = {}, {}
for i, m in ipairs(a.meters) do
  windows[i] = window(m)
  reserved[i] = held(m.k)
  if windows[i].used + reserved[i] >= m.max then verdict = 1 end
end
if verdict == 0 and a.place then
  redis.call('ZREMRANGEBYSCORE', a.place.k, '-inf', int(now))
  if redis.call('ZCARD', a.place.k) >= a.place.max then free_gone(a.place.k) end
  if redis.call('ZCARD', a.place.k) >= a.place.max then verdict = 2 end
end
local balances = {}
for i, c in ipairs(a.accounts) do
  local b = balance(c.k)
  balances[i] = b
  if verdict == 0 and c.need then
    if c.day and c.need > c.day - b.today - b.held then verdict = 3 end
    if c.month and c.need > c.month - b.total - b.held then verdict = 3 end
  end
end
if verdict == 0 then
  for i, m in ipairs(a.meters) do
    if m.add then add(m, windows[i], m.add) end
    if m.hold then
      hold(m.k, m.hold)
      reserved[i] = reserved[i] + m.hold
    end
    if m.add or m.hold then
      keep(m.k, m.w + a.hold)
      if m.hold then keep(m.k .. ':holds', m.w + a.hold) end
    end
  end
  if a.place then
    redis.call('ZADD', a.place.k, int(now + a.hold), a.id)
    keep(a.place.k, a.hold)
  end
  for i, c in ipairs(a.accounts) do
    if c.need then
      hold(c.k, c.need)
      balances[i].held = balances[i].held + c.need
      keep(c.k, DAYS_40)
      keep(c.k .. ':holds', DAYS_40)
    end
  end
end
local out = { verdict, now }
for i, m in ipairs(a.meters) do
  local w = windows[i]
  local wait, reset = 0, 0
  if w.used + reserved[i] >= m.max then
    wait = 1000000
    if w.used >= m.max then
      local used, at = w.used, w.first
      while used > m.max - 1 and at < w.after do
        local _, grown, amount = entry(m, at)
        used = used - amount
        wait = grown + m.w - now
        at = at + 1
      end
    end
  end
  if w.after > w.first then
    local _, grown = entry(m, w.after - 1)
    reset = grown + m.w - now
  end
  out[#out + 1] = math.max(0, m.max - w.used - reserved[i])
  out[#out + 1] = wait
  out[#out + 1] = reset
end
for _, b in ipairs(balances) do
  out[#out + 1] = b.today
  out[#out + 1] = b.total
  out[#out + 1] = b.held
end
return out
`;

/**
 * Gives back what a claim holds and books what was used; a second time (`again`) only what is still held is booked. A
 * server that knows of less than was spent (`least`, of that day and month) has lost it, and is told.
 */
const SETTLE = `${COMMON}
local function raise(key, least)
  local b = balance(key)
  local today, total = b.today, b.total
  if least.day == day then today = math.max(today, least.today) end
  if least.month == month_of(day) then total = math.max(total, least.total) end
  if today > b.today or total > b.total then
    redis.call('HSET', key, 'day', int(day), 'month', int(month_of(day)), 'today', int(today), 'total', int(total))
  end
end
if a.once and not redis.call('SET', a.once, '1', 'NX', 'PX', '3600000') then return { 0, now } end
for _, m in ipairs(a.meters) do
  local had = m.hold and let_go(m.k, m.hold)
  if not a.again or had then
    add(m, window(m), m.used)
    keep(m.k, m.w + a.hold)
  end
end
if a.place then redis.call('ZREM', a.place, a.id) end
for _, c in ipairs(a.accounts) do
  local had = c.hold and let_go(c.k, c.hold)
  if c.least then raise(c.k, c.least) end
  if not a.again or had then
    spend(c.k, c.used)
    keep(c.k, DAYS_40)
  end
end
return { 0, now }
`;

/** Replaces a cell that still holds what was read; else answers what it holds. */
const SWAP = `
local a = cjson.decode(ARGV[1])
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local there = redis.call('GET', a.k) or ''
if a.from and there == a.from then
  redis.call('SET', a.k, a.to, 'PX', a.ttl)
  if a.loud then redis.call('PUBLISH', a.channel, a.node .. ' ' .. a.k .. ' ' .. a.to) end
  return { 1, now, a.to }
end
return { 0, now, there }
`;

/** The scripts by name. */
export const SCRIPTS = { beat: BEAT, claim: CLAIM, settle: SETTLE, swap: SWAP } as const;
export type ScriptName = keyof typeof SCRIPTS;
