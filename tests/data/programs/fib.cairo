// All eleven builtins are declared, output alone is used: one sum per call.
%builtins output pedersen range_check ecdsa bitwise ec_op keccak poseidon range_check96 add_mod mul_mod
from starkware.cairo.common.cairo_builtins import (
    BitwiseBuiltin, EcOpBuiltin, HashBuiltin, PoseidonBuiltin,
)

const N = 100;

// 7 steps per iteration (+ 1 ret each): one felt add chain.
func fib(a: felt, b: felt, n: felt) -> (r: felt) {
    if (n == 0) {
        return (r=b);
    }
    return fib(b, a + b, n - 1);
}

func main{
    output_ptr: felt*, pedersen_ptr: HashBuiltin*, range_check_ptr: felt, ecdsa_ptr: felt*,
    bitwise_ptr: BitwiseBuiltin*, ec_op_ptr: EcOpBuiltin*, keccak_ptr: felt*,
    poseidon_ptr: PoseidonBuiltin*, range_check96_ptr: felt*, add_mod_ptr: felt*, mul_mod_ptr: felt*,
}() {
    alloc_locals;
    let (r) = fib(1, 1, N);
    assert output_ptr[0] = r;
    let output_ptr = output_ptr + 1;
    return ();
}
