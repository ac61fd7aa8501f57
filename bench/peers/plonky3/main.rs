//! Times kernels of Plonky3 over KoalaBear and prints a line of JSON for each. What the fields mean is in
//! bench/README.md. Threads are those of RAYON_NUM_THREADS for matrices; loops in registers run on one.
//!
//! usage: plonky3-peer [--log-height L] [--columns 64] [--only KERNEL] [--seconds S]
use std::hint::black_box;
use std::time::Instant;

use p3_blake3::Blake3;
use p3_commit::Mmcs;
use p3_dft::{Radix2DitParallel, TwoAdicSubgroupDft};
use p3_field::{Field, PackedValue, PrimeCharacteristicRing};
use p3_koala_bear::{
    default_koalabear_poseidon1_16, default_koalabear_poseidon2_16, KoalaBear, Poseidon1KoalaBear, Poseidon2KoalaBear,
};
use p3_matrix::dense::RowMajorMatrix;
use p3_merkle_tree::MerkleTreeMmcs;
use p3_symmetric::{CompressionFunctionFromHasher, PaddingFreeSponge, Permutation, SerializingHasher, TruncatedPermutation};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

type F = KoalaBear;
type Packed = <F as Field>::Packing;

/// Elements of an array that stays in the first-level cache, as in our own loop.
const LOOP_ELEMENTS: usize = 2048;

struct Options {
    log_height: usize,
    columns: usize,
    only: String,
    seconds: f64,
}

/// Runs `once`, which times itself, for `seconds` and three times at least, after one run that does not count; prints
/// what it took. `work` is what one run does, in the kernel's own unit.
fn report(options: &Options, kernel: &str, unit: &str, work: f64, mut once: impl FnMut() -> f64) {
    if !options.only.is_empty() && options.only != kernel {
        return;
    }
    once();
    let begin = Instant::now();
    let mut times = Vec::new();
    while times.len() < 3 || begin.elapsed().as_secs_f64() < options.seconds {
        times.push(once());
    }
    times.sort_by(f64::total_cmp);
    println!(
        "{{\"kernel\": \"{kernel}\", \"unit\": \"{unit}\", \"log_height\": {}, \"columns\": {}, \"lanes\": {}, \
         \"repetitions\": {}, \"median_seconds\": {:e}, \"least_seconds\": {:e}, \"rate\": {:e}}}",
        options.log_height,
        options.columns,
        Packed::WIDTH,
        times.len(),
        times[(times.len() - 1) / 2],
        times[0],
        work / times[(times.len() - 1) / 2]
    );
}

fn timed<T>(run: impl FnOnce() -> T) -> f64 {
    let begin = Instant::now();
    let result = black_box(run());
    let seconds = begin.elapsed().as_secs_f64();
    drop(result);
    seconds
}

fn random_matrix(rows: usize, columns: usize) -> RowMajorMatrix<F> {
    RowMajorMatrix::rand(&mut SmallRng::seed_from_u64(1), rows, columns)
}

/// The input's copy, and room for the result, are made before the clock starts: no fresh memory is timed.
fn extend(options: &Options) {
    let rows = 1 << options.log_height;
    let input = random_matrix(rows, options.columns);
    let dft = Radix2DitParallel::<F>::default();
    let cells = (rows * options.columns) as f64;
    let mut room: Vec<F> = vec![F::ZERO; 2 * rows * options.columns];
    report(options, "extend", "trace cells", cells, || {
        room.clear();
        room.extend_from_slice(&input.values);
        let matrix = RowMajorMatrix::new(std::mem::take(&mut room), options.columns);
        let begin = Instant::now();
        let result = black_box(dft.coset_lde_batch(matrix, 1, F::GENERATOR));
        let seconds = begin.elapsed().as_secs_f64();
        room = result.inner.values;
        seconds
    });
}

fn merkle_blake3(options: &Options) {
    type Hasher = SerializingHasher<Blake3>;
    type Node = CompressionFunctionFromHasher<Blake3, 2, 32>;
    let mmcs = MerkleTreeMmcs::<F, u8, Hasher, Node, 2, 32>::new(Hasher::new(Blake3), Node::new(Blake3), 0);
    let rows = 2 << options.log_height;
    let leaves = random_matrix(rows, options.columns);
    report(options, "merkle blake3", "elements", (rows * options.columns) as f64, || {
        timed(|| mmcs.commit(vec![leaves.as_view()]))
    });
}

macro_rules! merkle_of_permutation {
    ($options:expr, $name:expr, $kind:ty, $permutation:expr) => {{
        type Hasher = PaddingFreeSponge<$kind, 16, 8, 8>;
        type Node = TruncatedPermutation<$kind, 2, 8, 16>;
        let mmcs = MerkleTreeMmcs::<Packed, Packed, Hasher, Node, 2, 8>::new(
            Hasher::new($permutation),
            Node::new($permutation),
            0,
        );
        let rows = 2 << $options.log_height;
        let leaves = random_matrix(rows, $options.columns);
        report($options, $name, "elements", (rows * $options.columns) as f64, || {
            timed(|| mmcs.commit(vec![leaves.as_view()]))
        });
    }};
}

fn permute<P: Permutation<[Packed; 16]>>(options: &Options, kernel: &str, permutation: P) {
    const ROUNDS: usize = 1000;
    let mut random = SmallRng::seed_from_u64(2);
    let mut state: [Packed; 16] = std::array::from_fn(|_| Packed::from_fn(|_| random.random()));
    report(options, kernel, "permutations", (ROUNDS * Packed::WIDTH) as f64, || {
        let begin = Instant::now();
        for _ in 0..ROUNDS {
            permutation.permute_mut(&mut state);
        }
        black_box(&state);
        begin.elapsed().as_secs_f64()
    });
}

fn multiply(options: &Options) {
    const ROUNDS: usize = 1000;
    let mut random = SmallRng::seed_from_u64(3);
    let mut values: Vec<Packed> = (0..LOOP_ELEMENTS / Packed::WIDTH).map(|_| Packed::from_fn(|_| random.random())).collect();
    let factors = values.clone();
    report(options, "multiply", "products", (ROUNDS * LOOP_ELEMENTS) as f64, || {
        let begin = Instant::now();
        for _ in 0..ROUNDS {
            for (value, factor) in values.iter_mut().zip(&factors) {
                *value *= *factor;
            }
            black_box(&mut values);
        }
        begin.elapsed().as_secs_f64()
    });
}

fn main() {
    let mut options = Options { log_height: 16, columns: 64, only: String::new(), seconds: 0.5 };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().unwrap_or_else(|| panic!("{argument}: a value is wanted"));
        match argument.as_str() {
            "--log-height" => options.log_height = value.parse().expect("--log-height L"),
            "--columns" => options.columns = value.parse().expect("--columns N"),
            "--seconds" => options.seconds = value.parse().expect("--seconds S"),
            "--only" => options.only = value,
            _ => panic!("{argument}: no such option"),
        }
    }
    // Matrices are made only for what is asked for: they are large.
    let wanted = |kernel: &str| options.only.is_empty() || options.only == kernel;
    if wanted("multiply") {
        multiply(&options);
    }
    if wanted("poseidon1") {
        permute(&options, "poseidon1", default_koalabear_poseidon1_16());
    }
    if wanted("poseidon2") {
        permute(&options, "poseidon2", default_koalabear_poseidon2_16());
    }
    if wanted("extend") {
        extend(&options);
    }
    if wanted("merkle blake3") {
        merkle_blake3(&options);
    }
    if wanted("merkle poseidon1") {
        merkle_of_permutation!(&options, "merkle poseidon1", Poseidon1KoalaBear<16>, default_koalabear_poseidon1_16());
    }
    if wanted("merkle poseidon2") {
        merkle_of_permutation!(&options, "merkle poseidon2", Poseidon2KoalaBear<16>, default_koalabear_poseidon2_16());
    }
}
