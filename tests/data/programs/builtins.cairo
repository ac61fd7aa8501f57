// Two or three instances of every builtin that has a chip, outputs that are read and outputs that are not.
%builtins output pedersen range_check bitwise ec_op keccak poseidon range_check96 add_mod mul_mod

from starkware.cairo.common.cairo_builtins import (
    BitwiseBuiltin,
    EcOpBuiltin,
    HashBuiltin,
    KeccakBuiltin,
    ModBuiltin,
    PoseidonBuiltin,
    UInt384,
)
from starkware.cairo.common.ec_point import EcPoint
from starkware.cairo.common.keccak_state import KeccakBuiltinState
from starkware.cairo.common.modulo import run_mod_p_circuit
from starkware.cairo.common.poseidon_state import PoseidonBuiltinState
from starkware.cairo.common.registers import get_label_location

func mod_circuit{range_check96_ptr: felt*, add_mod_ptr: ModBuiltin*, mul_mod_ptr: ModBuiltin*}() -> felt {
    alloc_locals;
    // (a + b) c + a = d and (a + b) - c = e modulo p.
    local values: UInt384* = cast(range_check96_ptr, UInt384*);
    assert values[0] = UInt384(5, 0, 0, 2 ** 90);
    assert values[1] = UInt384(0xffffffffffffffffffffffff, 1, 0, 3);
    assert values[2] = UInt384(7, 0, 12345, 0);
    let range_check96_ptr = range_check96_ptr + 4 * 7;
    let (add_offsets) = get_label_location(add_table);
    let (mul_offsets) = get_label_location(mul_table);
    run_mod_p_circuit(
        p=UInt384(0xfffffffffffffffffffffff1, 0xffffffffffffffffffffffff, 0, 2 ** 95),
        values_ptr=values,
        add_mod_offsets_ptr=add_offsets,
        add_mod_n=3,
        mul_mod_offsets_ptr=mul_offsets,
        mul_mod_n=1,
    );
    return values[5].d0;

    add_table:
    dw 0;
    dw 4;
    dw 12;  // a + b
    dw 16;
    dw 0;
    dw 20;  // d = product + a
    dw 24;
    dw 8;
    dw 12;  // e + c = a + b
    mul_table:
    dw 12;
    dw 8;
    dw 16;  // (a + b) c
}

func main{
    output_ptr: felt*,
    pedersen_ptr: HashBuiltin*,
    range_check_ptr,
    bitwise_ptr: BitwiseBuiltin*,
    ec_op_ptr: EcOpBuiltin*,
    keccak_ptr: KeccakBuiltin*,
    poseidon_ptr: PoseidonBuiltin*,
    range_check96_ptr: felt*,
    add_mod_ptr: ModBuiltin*,
    mul_mod_ptr: ModBuiltin*,
}() {
    alloc_locals;
    assert pedersen_ptr[0].x = 1;
    assert pedersen_ptr[0].y = 2;
    assert pedersen_ptr[1].x = pedersen_ptr[0].result;
    assert pedersen_ptr[1].y = -1;
    assert output_ptr[0] = pedersen_ptr[1].result;
    let pedersen_ptr = pedersen_ptr + 2 * HashBuiltin.SIZE;

    assert bitwise_ptr[0].x = 0x123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef;
    assert bitwise_ptr[0].y = 2 ** 251 - 1;
    assert bitwise_ptr[1].x = bitwise_ptr[0].x_xor_y;
    assert bitwise_ptr[1].y = 255;
    assert output_ptr[1] = bitwise_ptr[1].x_or_y;
    let bitwise_ptr = bitwise_ptr + 2 * BitwiseBuiltin.SIZE;

    // G + 2 G' with two points of the curve; the second instance's result is never read.
    local gx = 0x1ef15c18599971b7beced415a40f0c7deacfd9b0d1819e03d723d8bc943cfca;
    local gy = 0x5668060aa49730b7be4801df46ec62de53ecd11abe43a32873000c36e8dc1f;
    local qx = 0x49ee3eba8c1600700ee1b87eb599f16716b0b1022947733551fde4050ca6804;
    local qy = 0x3ca0cfe4b3bc6ddf346d49d06ea0ed34e621062c0e056c1d0405d266e10268a;
    assert ec_op_ptr[0].p = EcPoint(qx, qy);
    assert ec_op_ptr[0].q = EcPoint(gx, gy);
    assert ec_op_ptr[0].m = -3;
    assert output_ptr[2] = ec_op_ptr[0].r.x;
    assert ec_op_ptr[1].p = ec_op_ptr[0].r;
    assert ec_op_ptr[1].q = EcPoint(gx, gy);
    assert ec_op_ptr[1].m = 34;
    let ec_op_ptr = ec_op_ptr + 2 * EcOpBuiltin.SIZE;

    assert keccak_ptr[0].input = KeccakBuiltinState(1, 0, 2 ** 199, 2 ** 200 - 1, 0, 5, 6, 7);
    assert output_ptr[3] = keccak_ptr[0].output.s3;
    let keccak_ptr = keccak_ptr + KeccakBuiltin.SIZE;

    assert poseidon_ptr[0].input = PoseidonBuiltinState(0, -1, 2 ** 128);
    assert poseidon_ptr[1].input = poseidon_ptr[0].output;
    assert output_ptr[4] = poseidon_ptr[1].output.s0;
    let poseidon_ptr = poseidon_ptr + 2 * PoseidonBuiltin.SIZE;

    assert [range_check_ptr] = 2 ** 128 - 1;
    assert [range_check_ptr + 1] = 0;
    let range_check_ptr = range_check_ptr + 2;

    let d = mod_circuit();
    assert output_ptr[5] = d;
    let output_ptr = output_ptr + 6;
    return ();
}
