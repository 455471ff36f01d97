;; The whole of a second runtime's user code (wasm.ts). Assembled to tiny.wasm with wabt: `wat2wasm tiny.wat`.
;;
;; imports  warren.memory, as large as the version's policy allows
;; exports  alloc(bytes) → where, or a trap; and handlers (where, bytes) → (where << 32 | bytes)
(module
  (import "warren" "memory" (memory 1 65536))
  (global $top (mut i32) (i32.const 1024))

  ;; Memory only grows until `reset`; asking for more than there is traps.
  (func $alloc (export "alloc") (param $bytes i32) (result i32)
    (local $at i32) (local $lacking i32)
    (local.set $at (global.get $top))
    (global.set $top (i32.add (global.get $top) (local.get $bytes)))
    (local.set $lacking
      (i32.sub
        (i32.shr_u (i32.add (global.get $top) (i32.const 65535)) (i32.const 16))
        (memory.size)))
    (if (i32.gt_s (local.get $lacking) (i32.const 0))
      (then (if (i32.eq (memory.grow (local.get $lacking)) (i32.const -1)) (then (unreachable)))))
    (local.get $at))

  (func (export "reset") (global.set $top (i32.const 1024)))

  (func $pair (param $at i32) (param $bytes i32) (result i64)
    (i64.or
      (i64.shl (i64.extend_i32_u (local.get $at)) (i64.const 32))
      (i64.extend_i32_u (local.get $bytes))))

  (func (export "default") (param $at i32) (param $bytes i32) (result i64)
    (call $pair (local.get $at) (local.get $bytes)))

  (func (export "fails") (param $at i32) (param $bytes i32) (result i64) (unreachable))

  ;; Spins on nine bytes whose second is an f: "forever" in quotes.
  (func (export "forever") (param $at i32) (param $bytes i32) (result i64)
    (if (i32.and
          (i32.eq (local.get $bytes) (i32.const 9))
          (i32.eq (i32.load8_u (i32.add (local.get $at) (i32.const 1))) (i32.const 102)))
      (then (loop $again (br $again))))
    (call $pair (local.get $at) (local.get $bytes)))

  (func (export "hoard") (param $at i32) (param $bytes i32) (result i64)
    (loop $again
      (drop (call $alloc (i32.const 1048576)))
      (br $again))
    (unreachable))

  (func (export "large") (param $at i32) (param $bytes i32) (result i64)
    (call $pair (call $alloc (i32.const 9437184)) (i32.const 9437184))))
