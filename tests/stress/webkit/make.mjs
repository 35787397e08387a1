// Writes wasm text of one function whose frame is deep: node make.mjs LOCALS > deep.wat
//
// `f(first, end)` fills LOCALS locals with 1, 2, 3 … and returns their sum, whatever happens between: a loop, that makes
// sixteen calls of one trivial function and then one of another, a thousand of the same, then a thousand of the next. So a
// next function is compiled all the time, and installed while `f` makes its calls. A compiler that keeps few values in
// registers keeps the locals in the frame meanwhile.

const locals = Number(process.argv[2]);
if (!Number.isInteger(locals) || locals < 1 || locals > 2000) throw new Error("node make.mjs LOCALS, from 1 to 2000");

const FUNCTIONS = 1000;
const FAST = 16;
const each = (count, line) => Array.from({ length: count }, (_, index) => line(index)).join("\n");

console.log(`(module
  (type $change (func (param i64) (result i64)))
  (func $fast (type $change) (i64.xor (local.get 0) (i64.const 1)))
${each(FUNCTIONS, (index) => `  (func $next${index} (type $change) (i64.xor (local.get 0) (i64.const ${index + 2})))`)}
  (table funcref (elem
${each(FUNCTIONS, (index) => `    $next${index}`)}))
  (func (export "f") (param $step i32) (param $end i32) (result i64)
    (local $passed i64) (local $sum i64)
${each(locals, (index) => `    (local $local${index} i64)`)}
${each(locals, (index) => `    (local.set $local${index} (i64.const ${index + 1}))`)}
    (loop $again
${each(FAST, () => "      (local.set $passed (call $fast (local.get $passed)))")}
      (local.set $passed (call_indirect (type $change) (local.get $passed) (i32.div_u (local.get $step) (i32.const 1000))))
      (local.set $step (i32.add (local.get $step) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $step) (local.get $end))))
${each(locals, (index) => `    (local.set $sum (i64.add (local.get $sum) (local.get $local${index})))`)}
    (local.get $sum)))`);
