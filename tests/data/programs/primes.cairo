// The sample of ./run demo: how many primes there are below N, and their sum, by trial division.
%builtins output range_check

const N = 200;

// The smallest divisor of n that is at least d, where d * d <= n holds or n is prime.
func smallest_divisor{range_check_ptr}(n: felt, d: felt) -> (divisor: felt) {
    alloc_locals;
    local quotient;
    local remainder;
    %{ ids.quotient, ids.remainder = divmod(ids.n, ids.d) %}
    // 0 <= remainder < d and n = quotient * d + remainder; all are small, so nothing wraps.
    assert [range_check_ptr] = quotient;
    assert [range_check_ptr + 1] = remainder;
    assert [range_check_ptr + 2] = d - 1 - remainder;
    let range_check_ptr = range_check_ptr + 3;
    assert n = quotient * d + remainder;
    if (remainder == 0) {
        return (divisor=d);
    }
    return smallest_divisor(n, d + 1);
}

func count{range_check_ptr}(n: felt, found: felt, sum: felt) -> (found: felt, sum: felt) {
    if (n == N) {
        return (found=found, sum=sum);
    }
    let (divisor) = smallest_divisor(n, 2);
    if (divisor == n) {
        return count(n + 1, found + 1, sum + n);
    }
    return count(n + 1, found, sum);
}

func main{output_ptr: felt*, range_check_ptr}() {
    let (found, sum) = count(2, 0, 0);
    assert output_ptr[0] = N;
    assert output_ptr[1] = found;
    assert output_ptr[2] = sum;
    let output_ptr = output_ptr + 3;
    return ();
}
