// All eleven builtins are declared, output and range_check are used.
%builtins output pedersen range_check ecdsa bitwise ec_op keccak poseidon range_check96 add_mod mul_mod
from starkware.cairo.common.cairo_builtins import (
    BitwiseBuiltin, EcOpBuiltin, HashBuiltin, PoseidonBuiltin,
)

const N = 100;

// Every iteration range-checks one 128-bit value, x <- x + i.
func rc{range_check_ptr}(x: felt, n: felt) -> (r: felt) {
    if (n == 0) {
        return (r=x);
    }
    assert [range_check_ptr] = x;
    let range_check_ptr = range_check_ptr + 1;
    return rc(x + n, n - 1);
}

func main{
    output_ptr: felt*, pedersen_ptr: HashBuiltin*, range_check_ptr: felt, ecdsa_ptr: felt*,
    bitwise_ptr: BitwiseBuiltin*, ec_op_ptr: EcOpBuiltin*, keccak_ptr: felt*,
    poseidon_ptr: PoseidonBuiltin*, range_check96_ptr: felt*, add_mod_ptr: felt*, mul_mod_ptr: felt*,
}() {
    alloc_locals;
    let (r) = rc(12345678901234567890, N);
    assert output_ptr[0] = r;
    let output_ptr = output_ptr + 1;
    return ();
}
