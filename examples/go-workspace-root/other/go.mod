module example.com/app/other

go 1.26
