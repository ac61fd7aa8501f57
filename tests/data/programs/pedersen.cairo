// Uses a builtin that has no chip yet.
%builtins output pedersen

from starkware.cairo.common.cairo_builtins import HashBuiltin
from starkware.cairo.common.hash import hash2

func main{output_ptr: felt*, pedersen_ptr: HashBuiltin*}() {
    let (first) = hash2{hash_ptr=pedersen_ptr}(1, 2);
    let (second) = hash2{hash_ptr=pedersen_ptr}(first, 3);
    assert output_ptr[0] = second;
    let output_ptr = output_ptr + 1;
    return ();
}
