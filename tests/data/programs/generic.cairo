// Instruction forms that compilers do not emit: a call by a distance in memory. Needs the GENERIC chip.
%builtins output

func main{output_ptr: felt*}() {
    [ap] = 3, ap++;
    call rel [ap - 1];
    jmp after;
    // The callee, three words after the call.
    ret;
    after:
    assert output_ptr[0] = 1;
    let output_ptr = output_ptr + 1;
    return ();
}
