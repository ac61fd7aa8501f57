// Every size of word in the output, on one page.
%builtins output

func main{output_ptr: felt*}() {
    assert output_ptr[0] = 0;
    assert output_ptr[1] = 1;
    assert output_ptr[2] = -1;
    assert output_ptr[3] = 2 ** 28 - 1;
    assert output_ptr[4] = 2 ** 28;
    assert output_ptr[5] = -2 ** 28;
    assert output_ptr[6] = -2 ** 28 - 1;
    assert output_ptr[7] = 2 ** 135 - 1;
    assert output_ptr[8] = 2 ** 135;
    assert output_ptr[9] = 2 ** 250 + 17 * 2 ** 191;
    let output_ptr = output_ptr + 10;
    return ();
}
