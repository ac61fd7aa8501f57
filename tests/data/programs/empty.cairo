// One step, no builtin: the least that a run can be.
func main() {
    return ();
}
