// All eleven builtins are declared, output alone is used: a loop of sums and jumps, no calls.
%builtins output pedersen range_check ecdsa bitwise ec_op keccak poseidon range_check96 add_mod mul_mod
from starkware.cairo.common.cairo_builtins import (
    BitwiseBuiltin, EcOpBuiltin, HashBuiltin, PoseidonBuiltin,
)

const N = 100;

// Tight loop, no calls.
func fib_jmp(n: felt) -> (r: felt) {
    tempvar a = 1;
    tempvar b = 1;
    tempvar i = n;
    loop:
    tempvar a = [ap - 2];
    tempvar b = [ap - 4] + [ap - 3];
    tempvar i = [ap - 3] - 1;
    jmp loop if i != 0;
    return (r=b);
}

func main{
    output_ptr: felt*, pedersen_ptr: HashBuiltin*, range_check_ptr: felt, ecdsa_ptr: felt*,
    bitwise_ptr: BitwiseBuiltin*, ec_op_ptr: EcOpBuiltin*, keccak_ptr: felt*,
    poseidon_ptr: PoseidonBuiltin*, range_check96_ptr: felt*, add_mod_ptr: felt*, mul_mod_ptr: felt*,
}() {
    alloc_locals;
    let (r) = fib_jmp(N);
    assert output_ptr[0] = r;
    let output_ptr = output_ptr + 1;
    return ();
}
