// Output in three pages under the tree that the Starknet OS uses: [pages, pages - 1, 0, 2].
%builtins output

func main{output_ptr: felt*}() {
    %{
        output_builtin.add_page(page_id=1, page_start=ids.output_ptr + 3, page_size=2)
        output_builtin.add_page(page_id=2, page_start=ids.output_ptr + 5, page_size=1)
        output_builtin.add_attribute("gps_fact_topology", [3, 2, 0, 2])
    %}
    assert output_ptr[0] = 10;
    assert output_ptr[1] = -1;
    assert output_ptr[2] = 2 ** 200;
    assert output_ptr[3] = 0;
    assert output_ptr[4] = 2 ** 28;
    assert output_ptr[5] = 2 ** 135 - 1;
    let output_ptr = output_ptr + 6;
    return ();
}
