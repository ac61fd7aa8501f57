// Several memory segments, with gaps, that point at each other; range_check but no output.
%builtins range_check

from starkware.cairo.common.alloc import alloc

// Follows `length` links of a list and adds up what hangs on it.
func follow(node: felt*, length: felt, sum: felt) -> (sum: felt) {
    if (length == 0) {
        return (sum=sum);
    }
    return follow(cast(node[0], felt*), length - 1, sum + node[2]);
}

// A ring of segments: word 0 points at the next, word 1 is a gap, word 2 is the value.
func link(first: felt*, node: felt*, value: felt) {
    alloc_locals;
    node[2] = value;
    if (value == 5) {
        node[0] = cast(first, felt);
        return ();
    }
    let (next) = alloc();
    node[0] = cast(next, felt);
    return link(first, next, value + 1);
}

func main{range_check_ptr}() {
    alloc_locals;
    let (first) = alloc();
    link(first, first, 1);
    let (sum) = follow(first, 10, 0);
    assert sum = 30;
    assert [range_check_ptr] = sum;
    let range_check_ptr = range_check_ptr + 1;
    return ();
}
