// All eleven builtins are declared, output alone is used: one product per call, soon of big values.
%builtins output pedersen range_check ecdsa bitwise ec_op keccak poseidon range_check96 add_mod mul_mod
from starkware.cairo.common.cairo_builtins import (
    BitwiseBuiltin, EcOpBuiltin, HashBuiltin, PoseidonBuiltin,
)

const N = 100;

func fact(n: felt, acc: felt) -> (r: felt) {
    if (n == 0) {
        return (r=acc);
    }
    return fact(n - 1, acc * n);
}

func main{
    output_ptr: felt*, pedersen_ptr: HashBuiltin*, range_check_ptr: felt, ecdsa_ptr: felt*,
    bitwise_ptr: BitwiseBuiltin*, ec_op_ptr: EcOpBuiltin*, keccak_ptr: felt*,
    poseidon_ptr: PoseidonBuiltin*, range_check96_ptr: felt*, add_mod_ptr: felt*, mul_mod_ptr: felt*,
}() {
    alloc_locals;
    let (r) = fact(N, 1);
    assert output_ptr[0] = r;
    let output_ptr = output_ptr + 1;
    return ();
}
