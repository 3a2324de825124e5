// For the toolchain of go 1.21, which refuses a module of a newer go: go build -modfile go1.21.mod
module whytls.test/differential

go 1.21
