-- wrk: searches of the file QUERIES, the n-th most popular asked 1/n as often as the first (Zipf); each thread draws its own.
local drawn, at, thread = {}, 0, 0
function setup(t) t:set("number", thread) thread = thread + 1 end
function init(args)
  local sums, sum, formatted = {}, 0, {}
  for line in io.lines(os.getenv("QUERIES")) do
    local n = #sums + 1
    sum = sum + 1 / n
    sums[n] = sum
    formatted[n] = wrk.format("GET", args[1] .. (line == "" and "" or "&" .. line))
  end
  math.randomseed(number + tonumber(args[2] or 1))
  for i = 1, 100000 do
    local x, low, high = math.random() * sum, 1, #sums
    while low < high do
      local middle = math.floor((low + high) / 2)
      if sums[middle] < x then low = middle + 1 else high = middle end
    end
    drawn[i] = formatted[low]
  end
end
function request()
  at = at % #drawn + 1
  return drawn[at]
end
