module whytls.test/differential

go 1.26
