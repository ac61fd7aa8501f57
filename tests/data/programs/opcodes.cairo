// Every base instruction form that has a chip of its own, each with its registers, offsets and operand
// sizes varied. Each function is named after the chip it is for.
%builtins output range_check

from starkware.cairo.common.registers import get_fp_and_pc, get_label_location

const TWO_28 = 2 ** 28;
const TWO_36 = 2 ** 36;
const TWO_72 = 2 ** 72;
const TWO_128 = 2 ** 128;
const TWO_135 = 2 ** 135;
const TWO_250 = 2 ** 250;
// (P - 1) / 2
const HALF = 2 ** 250 + 17 * 2 ** 191;

// Immediates on both sides of every border between value tables, and plain copies.
func assert_equal() {
    ap += 6;
    [fp] = 0;
    [fp + 1] = TWO_28 - 1;
    [fp + 2] = TWO_28;
    [fp + 3] = -TWO_28;
    [fp + 4] = -TWO_28 - 1;
    [fp + 5] = -1;
    [ap] = TWO_135 - 1, ap++;
    [ap] = TWO_135, ap++;
    [ap] = HALF, ap++;
    [ap] = HALF + 1, ap++;
    [ap] = -1, ap++;
    [ap] = 1, ap++;
    // Copies: fp from fp, ap from fp, fp from ap, ap from ap; a far offset each way.
    [ap] = [fp + 5], ap++;
    [ap] = [ap - 1], ap++;
    [fp + 5] = [ap - 2];
    [ap] = [fp + 4];
    [ap] = [fp + 4], ap++;
    [fp + 2] = [fp + 2];
    [ap + 300] = [ap - 1];
    [fp + 310] = [fp + 3];
    ap += 310;
    [ap] = [ap - 10], ap++;
    [ap] = [ap - 312], ap++;
    ret;
}

// dst = [[op0] + o2]: through ap and fp, with offsets of both signs.
func assert_equal_double_deref(list: felt*) {
    ap += 2;
    [ap] = [[fp - 3]], ap++;
    [ap] = [[fp - 3] + 3], ap++;
    [ap] = [fp - 3] + 2, ap++;
    [ap] = [[ap - 1] - 1], ap++;
    [fp] = [[ap - 2] + 1];
    [fp + 1] = [[fp - 3] + 1], ap++;
    [ap] = [[fp - 3] + 4];
    [ap] = [[ap - 3] + 2], ap++;
    ret;
}

// Sums of three immediates: small chip.
func add_small() {
    ap += 3;
    [fp] = 1000;
    [fp + 1] = -1;
    [fp + 2] = [fp] + [fp + 1];
    [ap] = [fp] + (-2000), ap++;
    [ap] = [ap - 1] + [fp + 2], ap++;
    [ap] = [ap - 1] + 1, ap++;
    [ap] = [fp + 2] + [ap - 1], ap++;
    [ap] = [ap - 1] + [ap - 2];
    [ap] = [ap - 1] + [ap - 2], ap++;
    [ap] = 2 ** 27, ap++;
    [ap] = [ap - 1] + (2 ** 27 - 1), ap++;
    [ap] = -2 ** 27, ap++;
    [ap] = [ap - 1] + [ap - 1], ap++;
    ret;
}

// Sums that need limbs: over a border, over the prime, of every table.
func add_big() {
    ap += 4;
    [fp] = TWO_28 - 1;
    [fp + 1] = HALF;
    [fp + 2] = -1;
    [fp + 3] = TWO_135 - 1;
    [ap] = [fp] + 1, ap++;
    [ap] = [ap - 1] + (-1), ap++;
    [ap] = [fp + 1] + [fp + 1], ap++;
    [ap] = [ap - 1] + 1, ap++;
    [ap] = [ap - 1] + HALF, ap++;
    [ap] = [fp + 2] + [fp + 3], ap++;
    [ap] = [fp + 3] + 1, ap++;
    [ap] = [ap - 1] + [fp + 1], ap++;
    [ap] = [fp + 2] + (-TWO_28), ap++;
    [ap] = [ap - 1] + [ap - 1], ap++;
    [ap] = [fp + 1] + [ap - 1];
    [ap] = [fp + 1] + [ap - 1], ap++;
    // A difference: the operand is found from the sum.
    [ap - 1] = [ap] + [fp + 1], ap++;
    [fp + 1] = [ap] + TWO_250, ap++;
    ret;
}

// Products over the integers with operands below 2^36.
func mul_small() {
    ap += 3;
    [fp] = TWO_36 - 1;
    [fp + 1] = 0;
    [fp + 2] = [fp] * [fp];
    [ap] = [fp] * [fp + 1], ap++;
    [ap] = [fp] * 1, ap++;
    [ap] = [ap - 1] * (TWO_36 - 1), ap++;
    [ap] = [ap - 2] * [fp], ap++;
    [ap] = 511, ap++;
    [ap] = [ap - 1] * [ap - 1], ap++;
    [ap] = [ap - 1] * [fp];
    [ap] = [fp] * [ap - 1], ap++;
    [ap] = 2 ** 35, ap++;
    [ap] = [ap - 1] * (2 ** 35), ap++;
    ret;
}

// Products modulo the prime: operands just too big, negative, near the prime, inverses.
func mul_big() {
    ap += 4;
    [fp] = TWO_36;
    [fp + 1] = -1;
    [fp + 2] = HALF;
    [fp + 3] = -TWO_28;
    [ap] = [fp] * 1, ap++;
    [ap] = [fp] * [fp], ap++;
    [ap] = [fp + 1] * [fp + 1], ap++;
    [ap] = [fp + 1] * [ap - 1], ap++;
    [ap] = [fp + 2] * 2, ap++;
    [ap] = [fp + 2] * [fp + 2], ap++;
    [ap] = [ap - 1] * [fp + 3], ap++;
    [ap] = [ap - 1] * [ap - 2], ap++;
    [ap] = [fp + 3] * (-TWO_28), ap++;
    [ap] = [fp + 1] * 0, ap++;
    [ap] = [ap - 3] * [fp + 2];
    [ap] = [ap - 3] * [fp + 2], ap++;
    // Inverses: the operand is found from the product.
    [ap] = 1, ap++;
    [ap - 1] = [ap] * [fp + 2], ap++;
    [ap - 2] = [ap] * 3, ap++;
    [fp + 1] = [ap] * (TWO_250 + 5), ap++;
    ret;
}

// Branches on 0, a small value, a negative one and a big one; forwards and back; by ap and fp.
func jump_not_zero() {
    ap += 3;
    [fp] = 0;
    [fp + 1] = 5;
    [fp + 2] = TWO_128;
    jmp never if [fp] != 0;
    jmp once if [fp + 1] != 0;
    never:
    [fp] = 1;
    once:
    jmp twice if [fp + 2] != 0, ap++;
    [fp] = 1;
    twice:
    [ap - 1] = -1;
    jmp thrice if [ap - 1] != 0;
    [fp] = 1;
    thrice:
    [ap] = 3, ap++;
    loop:
    [ap] = [ap - 1] - 1, ap++;
    jmp loop if [ap - 1] != 0;
    jmp never if [ap - 1] != 0, ap++;
    [ap - 1] = [fp];
    ret;
}

func leaf(x: felt) -> (y: felt) {
    [ap] = [fp - 3] + 1, ap++;
    ret;
}

// Calls by label, by a pointer in a local, by a pointer at ap.
func calls(pointer: felt) {
    ap += 1;
    [ap] = 7, ap++;
    call leaf;
    [fp] = [fp - 3];
    call abs [fp];
    [ap] = [fp - 3], ap++;
    call abs [ap - 1];
    ret;
}

// Jumps by label (both ways), by a distance in memory, by an address in memory, by a list of addresses.
func jumps(list: felt*) {
    ap += 2;
    [fp] = 3;
    jmp forward;
    back:
    jmp rel [fp];
    [fp] = 0;
    [ap] = 3, ap++;
    jmp rel [ap - 1];
    [fp] = 0;
    jmp behind, ap++;
    landing:
    jmp done;
    behind:
    [ap] = -4, ap++;
    jmp rel [ap - 1];
    forward:
    jmp back;
    done:
    [fp + 1] = [[fp - 3]];
    jmp abs [fp + 1], ap++;
    target_0:
    [ap] = [[fp - 3] + 1], ap++;
    jmp abs [ap - 1];
    target_1:
    jmp abs [[fp - 3] + 2];
    target_2:
    [ap] = [fp - 3], ap++;
    jmp abs [[ap - 1] + 3], ap++;
    target_3:
    ret;
}

func add_ap() {
    ap += 2;
    [fp] = 3;
    [fp + 1] = 0;
    ap += [fp];
    ap += [fp + 1];
    [ap] = 40, ap++;
    ap += [ap - 1];
    ap += 0;
    ap += 20000;
    // Back over two cells and forth again.
    [ap] = 1, ap++;
    [ap] = -2, ap++;
    ap += [ap - 1];
    ap += 2;
    ret;
}

// A walk over values of every size: x <- x * x + n.
func walk(x: felt, n: felt) -> (y: felt) {
    if (n == 0) {
        return (y=x);
    }
    return walk(x * x + n, n - 1);
}

func main{output_ptr: felt*, range_check_ptr}() {
    alloc_locals;
    let (__fp__, _) = get_fp_and_pc();
    let (target_0) = get_label_location(jumps.target_0);
    let (target_1) = get_label_location(jumps.target_1);
    let (target_2) = get_label_location(jumps.target_2);
    let (target_3) = get_label_location(jumps.target_3);
    local t0 = cast(target_0, felt);
    local t1 = cast(target_1, felt);
    local t2 = cast(target_2, felt);
    local t3 = cast(target_3, felt);
    local v0 = 17;
    local v1 = -TWO_28;
    local v2 = TWO_128;
    local v3 = HALF;
    local v4 = 0;
    let (leaf_pointer) = get_label_location(leaf);

    assert_equal();
    assert_equal_double_deref(&v0);
    add_small();
    add_big();
    mul_small();
    mul_big();
    jump_not_zero();
    calls(cast(leaf_pointer, felt));
    jumps(&t0);
    add_ap();
    let (y) = walk(3, 40);

    assert [range_check_ptr] = 0;
    assert [range_check_ptr + 1] = 1;
    assert [range_check_ptr + 2] = TWO_28;
    assert [range_check_ptr + 3] = TWO_72;
    assert [range_check_ptr + 4] = TWO_128 - 1;
    assert [range_check_ptr + 5] = TWO_128 / 2;
    let range_check_ptr = range_check_ptr + 6;

    assert output_ptr[0] = y;
    assert output_ptr[1] = -1;
    assert output_ptr[2] = 5;
    assert output_ptr[3] = TWO_128;
    let output_ptr = output_ptr + 4;
    return ();
}
