module example.com/shop/services/greeter

go 1.26
